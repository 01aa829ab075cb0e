package demotest

import (
	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

const (
	climate      plan.ID = "plan:nm-climate-14"
	saving       plan.ID = "plan:nm-energy-saving-14"
	programme    plan.ID = "plan:nm-energy-programme-2022"
	dualCarbon   plan.ID = "plan:nm-dual-carbon-2022"
	air          plan.ID = "plan:nm-air-2024"
	eco          plan.ID = "plan:nm-eco-14"
	forest       plan.ID = "plan:nm-forest-14"
	forestJan    plan.ID = "plan:nm-forest-14-2021-01"
	forest13     plan.ID = "plan:nm-forest-13"
	forest13Late plan.ID = "plan:nm-forest-13-2019"
	spatial      plan.ID = "plan:nm-spatial-2035"
	threeLines   plan.ID = "plan:nm-three-lines-2023"
	waterSaving  plan.ID = "plan:nm-water-saving-2025"
	nationSaving plan.ID = "plan:nat-energy-saving-14"
)

// contradictions are the pairs of published figures and texts that don't go together, each with what has to be said about it.
func contradictions() []row {
	const (
		pass, fail, incomparable, inapplicable = coherence.Pass, coherence.Fail, coherence.NotComparable, coherence.NotApplicable
		qualitative                            = coherence.ReasonCode("QUALITATIVE")
	)
	return []row{
		{"energy intensity, climate and saving", "I10 G01", "R02", "indicator:energy-intensity", climate, saving, fail, "", plan.Warning},
		{"energy intensity, climate and programme", "I10 G08", "R02", "indicator:energy-intensity", climate, programme, fail, "", plan.Warning},
		{"forest stock, two editions", "F02 F09", "R02", "indicator:forest-stock", forestJan, forest, inapplicable, coherence.SameSeries, ""},
		{"forest stock, a text no longer in force", "F02 G20", "R02", "indicator:forest-stock", forestJan, dualCarbon, inapplicable, coherence.NotInForce, ""},
		{"forestry works, two editions", "F05 F11", "R02", "indicator:forestry-works", forestJan, forest, inapplicable, coherence.SameSeries, ""},
		{"grassland works, two editions", "F06 F12", "R02", "indicator:grassland-works", forestJan, forest, inapplicable, coherence.SameSeries, ""},
		{"sand control, two editions", "F07 F13", "R02", "indicator:sand-control", forestJan, forest, inapplicable, coherence.SameSeries, ""},
		{"forest cover, target and later series", "F16 F01 F17 F18", "R06", "indicator:forest-cover", forest, "", incomparable, coherence.CalibreDiffers, ""},
		{"coal-unit retrofits", "G06 G14", "R02", "indicator:coal-unit-retrofit", saving, programme, fail, "", plan.SevError},
		{"share of new-energy capacity, nested floors", "I08 G04", "R02", "indicator:new-energy-capacity-share", climate, saving, pass, "", plan.Info},
		{"share of new-energy capacity, a floor and words", "I08 G18", "R02", "indicator:new-energy-capacity-share", climate, dualCarbon, incomparable, qualitative, ""},
		{"share of new-energy capacity, words of the air programme", "G04 B16", "R02", "indicator:new-energy-capacity-share", saving, air, incomparable, qualitative, ""},
		{"non-fossil capacity and its part, within rounding", "I07 I08", "R12", "indicator:non-fossil-capacity-share", climate, "", pass, "", plan.Info},
		{"standing stock is not forest stock", "F26 F09", "R02", "indicator:standing-stock", forest13, forest, "", "", ""},
		{"standing stock and forest stock of one survey", "F29", "R10", "indicator:standing-stock", "", "", "", "", ""},
		{"grass cover, floor and about", "F27 F28", "R02", "indicator:grass-cover", forest13, forest13Late, pass, "", plan.Info},
		{"good-air days, published and implied", "B01 B03", "R10", "indicator:good-air-days", "", "", fail, "", plan.Warning},
		{"surface water, three counts of sections", "B19 B21 B23", "R10", "indicator:surface-water-good", "", "", incomparable, coherence.CalibreDiffers, ""},
		{"surface water, a part of a year", "B19 B21", "R10", "indicator:surface-water-good", "", "", incomparable, coherence.PeriodDiffers, ""},
		{"drinking water, two calibres", "B28 B29", "R10", "indicator:drinking-water-good", "", "", incomparable, coherence.CalibreDiffers, ""},
		{"a draft as basis", "A12 A13", "R15", eco, eco, "plan:nat-eco-14-draft", fail, "", plan.SevError},
		{"coheres with a later territorial plan", "A14 D01 D02", "R15", eco, eco, spatial, fail, "", plan.Warning},
		{"coheres with a later energy-saving plan", "A14 G01", "R15", eco, eco, saving, fail, "", plan.Warning},
		{"a successor without a stated repeal", "H01 H05", "R15", eco, eco, "plan:nm-barrier-2035", pass, "", ""},
		{"protected areas are not nature reserves", "B30 B31", "R10", "indicator:protected-areas-share", "", "", "", "", ""},
		{"counts of protected areas and of reserves", "B30 B31", "R10", "indicator:protected-areas-count", "", "", "", "", ""},
		{"reclaimed water, cities and the whole region", "B33 E23", "R02", "indicator:reclaimed-water", "plan:nm-urban-infrastructure-2022", waterSaving, incomparable, coherence.CalibreDiffers, ""},
		{"reclaimed water, the basin's cities and the whole region", "E18 E23", "R02", "indicator:reclaimed-water", "plan:nm-yellow-river-sewage-2022", waterSaving, incomparable, coherence.RegionPart, ""},
		{"Yellow River water, the river's and all sources", "E13 E12", "R05", "indicator:yellow-river-water-use", "plan:nat-yellow-river-quota", "plan:nm-yellow-river-water-2023", incomparable, coherence.CalibreDiffers, ""},
	}
}

// agreements are the pairs of published figures that go together, or that can't be held against each other: a finding on any of them is a
// false alarm.
func agreements() []row {
	const pass, incomparable = coherence.Pass, coherence.NotComparable
	const unstated, part = coherence.YearUnstated, coherence.RegionPart
	return []row{
		{"red line, territorial plan and first line", "D13 D05", "R02", "indicator:redline-area", "plan:nm-redline-2021", spatial, incomparable, unstated, ""},
		{"red line, territorial plan and second line", "D05 D14", "R02", "indicator:redline-area", "plan:nm-redline-2025", spatial, incomparable, unstated, ""},
		{"red line, both lines", "D13 D14", "R02", "indicator:redline-area", "plan:nm-redline-2021", "plan:nm-redline-2025", incomparable, unstated, ""},
		{"red line's share", "D13 D14", "R02", "indicator:redline-share", "plan:nm-redline-2021", "plan:nm-redline-2025", incomparable, unstated, ""},
		{"farmland", "D03 D11", "R05", "indicator:farmland", spatial, threeLines, incomparable, unstated, ""},
		{"permanent farmland", "D04 D12", "R02", "indicator:permanent-farmland", spatial, threeLines, incomparable, unstated, ""},
		{"non-fossil share, climate and dual carbon", "I09 G17", "R02", "indicator:non-fossil-share", climate, dualCarbon, pass, "", ""},
		{"non-fossil share, climate and air", "I09 B15", "R02", "indicator:non-fossil-share", climate, air, pass, "", ""},
		{"non-fossil share, dual carbon and air", "G17 B15", "R02", "indicator:non-fossil-share", dualCarbon, air, pass, "", ""},
		{"coal share", "I05 B14", "R02", "indicator:coal-share", climate, air, pass, "", ""},
		{"coal use", "I06 G07", "R02", "indicator:coal-use-per-kwh", climate, saving, pass, "", ""},
		{"clean buses", "I12 B17", "R02", "indicator:clean-buses", climate, air, pass, "", ""},
		{"COD, nation and region", "G09 J12", "R01", "indicator:cod-emissions", nationSaving, programme, incomparable, part, ""},
		{"ammonia nitrogen, nation and region", "G10 J12", "R01", "indicator:ammonia-nitrogen-emissions", nationSaving, programme, incomparable, part, ""},
		{"NOx, nation and region", "G11 J12", "R01", "indicator:nox-emissions", nationSaving, programme, incomparable, part, ""},
		{"VOCs, nation and region", "G12 J12", "R01", "indicator:voc-emissions", nationSaving, programme, incomparable, part, ""},
		{"NOx, programme and air", "G11 B12", "R02", "indicator:nox-emissions", programme, air, pass, "", ""},
		{"VOCs, programme and air", "G12 B13", "R02", "indicator:voc-emissions", programme, air, pass, "", ""},
		{"energy intensity, nation and region", "J03 G01", "R01", "indicator:energy-intensity", "plan:nat-outline-14", saving, incomparable, part, ""},
		{"PM2.5, nation and region", "J06 B09", "R01", "indicator:pm25-concentration", "plan:nat-pollution-2021", air, incomparable, part, ""},
	}
}

// consistent are groups of facts that no finding may call contradictory, sums within one plan among them.
func consistent() []string {
	return []string{
		"D13 D05 D14", "D03 D11", "D04 D12", "I09 G17 B15", "I05 B14", "I06 G07", "I12 B17",
		"G09 G10 G11 G12 J12 B12 B13", "J03 G01", "J06 B09", "B10 I20", "A02", "I02", "G06", "F23",
	}
}
