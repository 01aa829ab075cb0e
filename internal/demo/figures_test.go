package demo_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// Figures that are easy to get wrong: id, years, calibre, region, value as the sources print them.
// "-" stands for what they do not state.
var figures = []struct{ id, years, calibre, region, value string }{
	// the same concept, two values
	{"target:nm-climate-14/energy-intensity-2025", "2025", "-", "150000", "-15.5 % vs 2020"},
	{"target:nm-energy-saving-14/energy-intensity-2025", "2025", "-", "150000", "-15 % vs 2020"},
	{"target:nm-energy-programme-2022/energy-intensity-2025", "2025", "-", "150000", "-15 % vs 2020"},
	{"target:nat-outline-14/energy-intensity-2025", "2025", "-", "china", "-13.5 % vs 2020"},
	{"target:nm-energy-saving-14/coal-unit-retrofit-2021-2025", "2021–2025", "-", "150000", "3000 万kW cumulative"},
	{"target:nm-energy-saving-14/coal-unit-retrofit-2021-2023", "2021–2023", "-", "150000", "1200 万kW cumulative"},
	{"target:nm-energy-saving-14/coal-unit-retrofit-2024-2025", "2024–2025", "-", "150000", "1800 万kW cumulative"},
	{"target:nm-energy-programme-2022/coal-unit-retrofit-2021-2025", "2021–2025", "-", "150000", "2000 万kW cumulative"},
	{"target:nm-forest-13/grass-cover-2020", "2020", "-", "150000", ">= 45 %"},
	{"target:nm-forest-13-2019/grass-cover-2020", "2020", "-", "150000", "about 46 %"},
	// editions of the forestry plan
	{"target:nm-forest-14-2021-01/forest-stock-2025", "2025", "-", "150000", "16.5 亿m³"},
	{"target:nm-forest-14/forest-stock-2025", "2025", "-", "150000", "15.5 亿m³"},
	{"target:nm-forest-14-2021-01/forestry-works-2021-2025", "2021–2025", "-", "150000", "5000 万亩 cumulative"},
	{"target:nm-forest-14/forestry-works-2021-2025", "2021–2025", "-", "150000", "4300 万亩 cumulative"},
	{"target:nm-forest-14-2021-01/grassland-works-2021-2025", "2021–2025", "-", "150000", "7500 万亩 cumulative"},
	{"target:nm-forest-14/grassland-works-2021-2025", "2021–2025", "-", "150000", "6500 万亩 cumulative"},
	{"target:nm-forest-14-2021-01/sand-control-2021-2025", "2021–2025", "-", "150000", "4000 万亩 cumulative"},
	{"target:nm-forest-14/sand-control-2021-2025", "2021–2025", "-", "150000", "2650 万亩 cumulative"},
	{"target:nm-forest-14-2021-01/grass-cover-2025", "2025", "-", "150000", "45 %"},
	// two indicators that sound alike
	{"target:nm-forest-13/standing-stock-2020", "2020", "-", "150000", "16 亿m³"},
	{"observation:forest-stock-2013", "2013", "-", "150000", "13.45 亿m³"},
	{"observation:standing-stock-2013", "2013", "-", "150000", "14.84 亿m³"},
	{"observation:protected-areas-share-2021", "2021", "-", "150000", "12.4 %"},
	{"observation:nature-reserves-share-2020", "2020", "-", "150000", "10.71 %"},
	// calibres
	{"target:nm-forest-14/forest-cover-2025", "2025", "old-series", "150000", "23.5 %"},
	{"target:nm-dual-carbon-2022/forest-cover-2025", "2025", "old-series", "150000", "23.5 %"},
	{"observation:forest-cover-2020", "2020", "old-series", "150000", "23 %"},
	{"observation:forest-cover-2021", "2021", "new-series", "150000", "20.79 %"},
	{"observation:forest-cover-2024", "2024", "new-series", "150000", "21.98 %"},
	{"observation:surface-water-good-2020-139", "2020", "sections-139", "150000", "58.3 %"},
	{"observation:surface-water-good-2020-10", "2020-01–2020-10", "national-52", "150000", "69.2 %"},
	{"observation:surface-water-good-2021-133", "2021", "sections-133", "150000", "65.0 %"},
	{"observation:surface-water-good-2021-133-without-background", "2021", "sections-133-without-background", "150000", "72.9 %"},
	{"target:nm-river-chief-2025/surface-water-good-2025", "2025", "national", "150000", ">= 70.7 %"},
	{"target:nm-urban-infrastructure-2022/reclaimed-water-2025", "2025", "water-short-cities", "150000", "> 35 %"},
	{"target:nm-water-saving-2025/reclaimed-water-2025", "2025", "whole-region", "150000", ">= 48 %"},
	{"target:nm-yellow-river-water-2023/yellow-river-water-use-2023", "2023", "all-sources", "nm-yellow-river-basin", "<= 92 亿m³"},
	{"target:nat-yellow-river-quota/yellow-river-water-use", "-", "river-water", "nm-yellow-river-basin", "58.6 亿m³"},
	// printed precision, years that are not stated
	{"target:nm-spatial-2035/farmland-2035", "2035", "-", "150000", ">= 17050.00 万亩"},
	{"target:nm-three-lines-2023/farmland", "-", "-", "150000", "1.7 亿亩"},
	{"target:nm-spatial-2035/permanent-farmland-2035", "2035", "-", "150000", ">= 13382.82 万亩"},
	{"target:nm-three-lines-2023/permanent-farmland", "-", "-", "150000", "1.33 亿亩"},
	{"target:nm-spatial-2035/redline-area-2035", "2035", "-", "150000", ">= 59.69 万km²"},
	{"target:nm-redline-2021/redline-area", "-", "-", "150000", "59.69 万km²"},
	{"target:nm-redline-2025/redline-share", "-", "-", "150000", "50.46 %"},
	{"observation:good-air-days-undated", "-", "-", "150000", "90.6 %"},
	// shares of capacity
	{"target:nm-eco-14/renewable-capacity-share-2025", "2025", "-", "150000", "45 %"},
	{"target:nm-climate-14/non-fossil-capacity-share-2025", "2025", "-", "150000", "about 45 %"},
	{"target:nm-climate-14/new-energy-capacity-share-2025", "2025", "-", "150000", "> 45 %"},
	{"target:nm-energy-saving-14/new-energy-capacity-share-2025", "2025", "-", "150000", "> 50 %"},
	{"target:nm-dual-carbon-2022/new-energy-capacity-share-2025", "2025", "-", "150000", "qualitative: 新能源发电装机超过火电"},
	{"target:nm-annual-2025/new-energy-capacity-2025", "2025", "-", "150000", "> 1.7 亿kW"},
	// kinds of quantity and directions
	{"target:nm-spatial-2035/urban-boundary-multiple-2035", "2035", "-", "150000", "<= 1.3 倍 vs 2020"},
	{"target:nm-spatial-2035/construction-land-per-gdp-2035", "2035", "-", "150000", "<= -40 % vs 2020"},
	{"target:nm-spatial-2035/water-use", "-", "-", "150000", "delegated: 不超过国家下达指标"},
	{"target:nm-outline-14/gdp-growth-2021-2025", "2021–2025", "-", "150000", "about 5 % per year"},
	{"target:nm-energy-programme-2022/voc-emissions-2025", "2025", "-", "150000", "<= -10 % vs 2020"},
	{"target:nm-energy-programme-2022/nox-emissions-2025", "2025", "-", "150000", "-10 % vs 2020"},
	{"target:nat-eco-13/pm25-concentration-2020", "2020", "non-attaining-cities", "china", "-18 % vs 2015"},
	{"target:nm-air-2024/pm25-concentration-2025", "2025", "-", "150000", "-7.1 % vs 2020"},
	{"target:nm-air-2024/wuhai-good-air-days-2025", "2025", "-", "wuhai-surroundings", ">= 82.8 %"},
	{"target:nm-eco-14/carbon-peak-2025", "2025", "-", "150000", "qualitative: 率先达峰"},
	{"observation:good-air-days-2020-bulletin", "2020", "-", "150000", "90.8 %"},
	{"observation:good-air-days-2020-implied", "2020", "-", "150000", "90.7 %"},
	{"observation:sand-control-2021-2025", "2021–2025", "-", "150000", "6688 万亩 cumulative"},
	{"observation:nm-three-north-6/three-north-6-works-2025", "2021–2025", "-", "150000", "1.23 亿亩 cumulative"},
}

func TestFiguresAsPublished(t *testing.T) {
	objects := register(t)
	for _, want := range figures {
		t.Run(want.id, func(t *testing.T) {
			got := want
			switch o := objects[plan.ID(want.id)].(type) {
			case *plan.Target:
				got.years, got.calibre, got.region, got.value = span(year(o.YearStart), year(o.Year)), local(o.Calibre), o.Region.Code(), o.Quantity.String()
			case *plan.Observation:
				got.years, got.calibre, got.region, got.value = span(string(o.PeriodStart), string(o.PeriodEnd)), local(o.Calibre), o.Region.Code(), o.Quantity.String()
			default:
				t.Fatal("is missing")
			}
			if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// span prints two years as one where they are the same or the first is not stated.
func span(from, to string) string {
	switch {
	case to == "":
		return "-"
	case from == "" || from == to:
		return to
	}
	return from + "–" + to
}

func year(y int) string {
	if y == 0 {
		return ""
	}
	return strconv.Itoa(y)
}

func local(id plan.ID) string {
	if id == "" {
		return "-"
	}
	return id.Local()
}
