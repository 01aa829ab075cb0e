// Package bench owns the synthetic register that the project measures itself with, and, in its tests, the measurements. The register has
// the shape of a national one: regions in a tree, plans of every level that obey each other down the tree, targets of which most agree
// and a few conflict. It must not know how anything is stored or read. No figure in it is one that a plan states.
package bench

import (
	"iter"
	"slices"

	"xianjie/internal/document"
	"xianjie/internal/plan"
)

// batchObjects is how many objects one change set of Generate holds; the last has what is left.
const batchObjects = 5_000

// Generate yields a register in change sets of 5,000 objects, to be applied in their order: what an object refers to stands in the same
// set or before. Scale 1 is 3,172 regions, 4,000 plans with 20 targets each, and 200 indicators; plans and targets grow with the scale,
// regions up to 1 only. Equal arguments give equal registers. The scale lies above 0 and at most at 25.
func Generate(seed uint64, scale float64) iter.Seq[plan.ChangeSet] {
	return func(yield func(plan.ChangeSet) bool) {
		ops := make([]plan.Op, 0, batchObjects)
		for o := range objects(seed, scale) {
			ops = append(ops, plan.Op{Upsert: o})
			if len(ops) < batchObjects {
				continue
			}
			if !yield(plan.ChangeSet{Actor: "bench", Note: "synthetic register", Ops: ops}) {
				return
			}
			ops = make([]plan.Op, 0, batchObjects)
		}
		if len(ops) > 0 {
			yield(plan.ChangeSet{Actor: "bench", Note: "synthetic register", Ops: ops})
		}
	}
}

// Documents is the register of Generate as plan documents.
func Documents(seed uint64, scale float64) ([]document.File, error) {
	return document.Write(slices.Collect(objects(seed, scale)))
}

// objects yields the register one object at a time, each behind what it refers to.
func objects(seed uint64, scale float64) iter.Seq[plan.Object] {
	return func(yield func(plan.Object) bool) {
		w := newWorld(seed, min(max(scale, 0), 25))
		emit := func(o plan.Object) bool {
			plan.Normalize(o)
			return yield(o)
		}
		for _, part := range []func(func(plan.Object) bool) bool{w.emitRegions, w.emitOrganizations, w.emitIndicators, w.emitPlans} {
			if !part(emit) {
				return
			}
		}
	}
}

func (w *world) emitRegions(emit func(plan.Object) bool) bool {
	for _, a := range w.areas {
		if !emit(a.region) {
			return false
		}
	}
	return true
}

// emitOrganizations gives the nation and the provinces a government and its departments, prefectures a government.
func (w *world) emitOrganizations(emit func(plan.Object) bool) bool {
	for rank, level := range w.levels[:3] {
		for _, i := range level {
			region := w.areas[i].region
			source := plan.Source{Ref: "GOV", Document: "机构设置", Confidence: plan.Stated}
			government := &plan.Organization{
				Meta: plan.Meta{ID: w.office(i, governmentCode)}, Name: government(region), Type: plan.Government,
				Region: region.ID, Source: source,
			}
			if !emit(government) {
				return false
			}
			if rank == 2 {
				continue
			}
			for _, d := range departments() {
				office := &plan.Organization{
					Meta: plan.Meta{ID: w.office(i, d.code)}, Name: region.Name + d.name, Type: plan.Department,
					Region: region.ID, Parent: government.ID, Source: source,
				}
				if !emit(office) {
					return false
				}
			}
		}
	}
	return true
}

func (w *world) emitIndicators(emit func(plan.Object) bool) bool {
	for t := range w.topics {
		for i, m := range w.measures[t] {
			indicator := &plan.Indicator{
				Meta: plan.Meta{ID: w.indicator(t, i)}, Name: m.name, Aliases: []string{m.name + "指标"}, Unit: m.unit, Trend: m.trend,
				Summable: m.summable, Definition: "指" + m.name + "，按现行统计制度计算。", Lead: w.office(0, w.topics[t].department),
				Source: plan.Source{Ref: "TJ", Document: "统计调查制度", Confidence: plan.Stated},
			}
			if !emit(indicator) {
				return false
			}
			for c := range w.calibres(i) {
				calibre := &plan.Calibre{
					Meta: plan.Meta{ID: w.calibre(t, i, c)}, Name: m.name + []string{"（国控断面）", "（全部断面）"}[c],
					Edition: "2021", Indicator: indicator.ID, Source: indicator.Source,
				}
				if !emit(calibre) {
					return false
				}
			}
		}
	}
	return true
}

func (w *world) emitPlans(emit func(plan.Object) bool) bool {
	for i := range w.slots {
		if !w.emitPlan(&w.slots[i], emit) {
			return false
		}
	}
	return true
}
