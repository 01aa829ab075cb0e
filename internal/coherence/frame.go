package coherence

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Frame is what every scope may need and what always fits in memory: plans, all links, regions, zones, indicators, calibres and
// departments. It is immutable and safe for concurrent use.
type Frame struct {
	Order *law.Order // who follows whom
	Areas *law.Areas // which region lies within which

	objects       map[plan.ID]plan.Object // all that the frame is made of
	plans         []*plan.Plan            // sorted by id
	ids           []plan.ID               // by the number that stands for a plan wherever many are counted
	numbered      []*plan.Plan            // by number, nil where the plan is gone
	index         map[plan.ID]int32
	rank          func() []int32 // by number: the place among all ids, sorted; worked out when it is first wanted
	standings     []Reason       // by number: why a plan is not in force; zero when it is
	marks         []mark         // by number
	regions       map[plan.ID]*plan.Region
	indicators    map[plan.ID]*plan.Indicator
	calibres      map[plan.ID]*plan.Calibre
	organizations map[plan.ID]*plan.Organization
	zones         map[plan.ID]*plan.Zone
	out           map[plan.ID][]*plan.Link // links between plans by their origin, sorted
	in            map[plan.ID][]*plan.Link // links between plans by what they lead to, sorted
	series        map[string][]*plan.Plan  // issued and repealed texts by series, sorted
	rings         map[plan.ID][]plan.ID    // plans that follow each other in a circle, by each of them
	replacedBy    map[plan.ID][]*plan.Plan // issued texts that supersede a plan, sorted
	linked        map[plan.ID]bool         // plans of which an element is linked
	links         map[plan.ID][]*plan.Link // links between elements by either end, sorted
	terms         map[plan.ID][]plan.ID    // what an indicator is computed from, and its parts
	plansFor      map[plan.ID][]plan.ID    // by region, sorted
	parts         map[plan.ID][]plan.ID    // the administrative regions on the level below a region, sorted
	most          int                      // regions in a branch
	branches      []*Branch                // sorted by id: the trunk comes first
	inBranch      map[plan.ID]plan.ID      // by region, trunk where it is in none
}

// NewFrame picks from objects what belongs in a frame and leaves the rest; their order doesn't matter.
func NewFrame(objects []plan.Object) *Frame { return newFrame(objects, nil, mostRegions) }

// Edit is the frame after some edits, f itself when they change nothing of it.
func (f *Frame) Edit(edits []Edit) *Frame {
	if !slices.ContainsFunc(edits, func(e Edit) bool { return e.Before != nil && Framed(e.Before) || e.After != nil && Framed(e.After) }) {
		return f
	}
	objects := maps.Clone(f.objects)
	for _, e := range edits {
		switch {
		case e.After != nil:
			objects[e.After.Base().ID] = e.After
		case e.Before != nil:
			delete(objects, e.Before.Base().ID)
		}
	}
	return newFrame(slices.Collect(maps.Values(objects)), f.ids, f.most)
}

// newFrame gives the plans that are known already their numbers again, and branches at most so many regions.
func newFrame(objects []plan.Object, known []plan.ID, most int) *Frame {
	f := &Frame{
		objects: map[plan.ID]plan.Object{}, index: map[plan.ID]int32{}, regions: map[plan.ID]*plan.Region{}, indicators: map[plan.ID]*plan.Indicator{},
		calibres: map[plan.ID]*plan.Calibre{}, organizations: map[plan.ID]*plan.Organization{},
		zones: map[plan.ID]*plan.Zone{}, out: map[plan.ID][]*plan.Link{}, replacedBy: map[plan.ID][]*plan.Plan{},
		linked: map[plan.ID]bool{}, links: map[plan.ID][]*plan.Link{}, terms: map[plan.ID][]plan.ID{}, plansFor: map[plan.ID][]plan.ID{},
		in: map[plan.ID][]*plan.Link{}, series: map[string][]*plan.Plan{},
		parts: map[plan.ID][]plan.ID{}, most: most,
	}
	var regions []*plan.Region
	var links, within []*plan.Link
	for _, o := range objects {
		if Framed(o) {
			f.objects[o.Base().ID] = o
		}
		switch o := o.(type) {
		case *plan.Plan:
			f.plans = append(f.plans, o)
		case *plan.Region:
			f.regions[o.ID] = o
			regions = append(regions, o)
		case *plan.Indicator:
			f.indicators[o.ID] = o
		case *plan.Calibre:
			f.calibres[o.ID] = o
		case *plan.Organization:
			f.organizations[o.ID] = o
		case *plan.Zone:
			f.zones[o.ID] = o
		case *plan.Link:
			if o.Type.BetweenPlans() {
				links = append(links, o)
			} else {
				within = append(within, o)
			}
		}
	}
	f.number(known)
	f.Areas = law.NewAreas(regions)
	f.grow(most)
	f.Order = law.NewOrder(f.plans, links, f.Areas)
	f.link(links)
	f.linkElements(within)
	f.relate()
	f.divide(regions)
	f.standings = make([]Reason, len(f.ids))
	for _, p := range f.plans {
		f.standings[f.index[p.ID]] = f.standing(p)
	}
	f.mark()
	f.findRings()
	return f
}

// number sorts the plans and gives each its number.
func (f *Frame) number(known []plan.ID) {
	slices.SortFunc(f.plans, func(a, b *plan.Plan) int { return cmp.Compare(a.ID, b.ID) })
	f.ids = slices.Clone(known)
	numbers := make(map[plan.ID]int32, len(known))
	for i, id := range known {
		numbers[id] = int32(i)
	}
	for _, p := range f.plans {
		n, ok := numbers[p.ID]
		if !ok {
			n = int32(len(f.ids))
			f.ids = append(f.ids, p.ID)
		}
		f.index[p.ID] = n
		f.plansFor[p.Region] = append(f.plansFor[p.Region], p.ID)
		if p.Series != "" && p.Status != plan.Draft {
			f.series[p.Series] = append(f.series[p.Series], p)
		}
	}
	f.rank = sync.OnceValue(func() []int32 { return ranks(f.ids) })
	f.numbered = make([]*plan.Plan, len(f.ids))
	for _, p := range f.plans {
		f.numbered[f.index[p.ID]] = p
	}
}

// ranks are the places of ids, were they sorted.
func ranks(ids []plan.ID) []int32 {
	sorted := make([]int32, len(ids))
	for i := range sorted {
		sorted[i] = int32(i)
	}
	slices.SortFunc(sorted, func(a, b int32) int { return cmp.Compare(ids[a], ids[b]) })
	ranks := make([]int32, len(ids))
	for place, i := range sorted {
		ranks[i] = int32(place)
	}
	return ranks
}

func (f *Frame) link(links []*plan.Link) {
	slices.SortFunc(links, func(a, b *plan.Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range links {
		from, to := f.Plan(l.From), f.Plan(l.To)
		if from == nil || to == nil {
			continue
		}
		f.out[l.From] = append(f.out[l.From], l)
		f.in[l.To] = append(f.in[l.To], l)
		if l.Type == plan.Supersedes && from.Status == plan.Issued {
			f.replacedBy[l.To] = append(f.replacedBy[l.To], from)
		}
	}
}

func (f *Frame) linkElements(links []*plan.Link) {
	slices.SortFunc(links, func(a, b *plan.Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range links {
		f.linked[PlanOf(l.From)], f.linked[PlanOf(l.To)] = true, true
		f.links[l.From] = append(f.links[l.From], l)
		if l.To != l.From {
			f.links[l.To] = append(f.links[l.To], l)
		}
	}
}

// relate notes what every indicator is computed from, and which are parts of it.
func (f *Frame) relate() {
	for _, i := range f.indicators {
		if i.Numerator != "" && i.Denominator != "" {
			f.terms[i.ID] = append(f.terms[i.ID], i.Numerator, i.Denominator)
		}
		for _, whole := range i.Broader {
			f.terms[whole] = append(f.terms[whole], i.ID)
		}
	}
	for id, terms := range f.terms {
		slices.Sort(terms)
		f.terms[id] = slices.Compact(terms)
	}
}

// divide notes which regions make up another one. Of a basin or a functional area nobody can say that the list is whole.
func (f *Frame) divide(regions []*plan.Region) {
	for _, r := range regions {
		for _, id := range r.Within {
			whole := f.regions[id]
			if whole != nil && r.Type == plan.Administrative && whole.Level.Rank() > 0 && r.Level.Rank() == whole.Level.Rank()+1 {
				f.parts[id] = append(f.parts[id], r.ID)
			}
		}
	}
	for id := range f.parts {
		slices.Sort(f.parts[id])
	}
}

// mark is what is asked of a plan each time that one of its targets meets another one.
type mark struct {
	series int32 // its number, 0 for none
	idle   bool  // the plan is not in force
	linked bool  // so is an element of the plan
}

func (f *Frame) mark() {
	f.marks = make([]mark, len(f.ids))
	known := map[string]int32{}
	for _, p := range f.plans {
		i := f.index[p.ID]
		f.marks[i].idle, f.marks[i].linked = f.standings[i].Code != "", f.linked[p.ID]
		if p.Series == "" {
			continue
		}
		if known[p.Series] == 0 {
			known[p.Series] = int32(len(known) + 1)
		}
		f.marks[i].series = known[p.Series]
	}
}

func (f *Frame) standing(p *plan.Plan) Reason {
	by := f.replacedBy[p.ID]
	switch {
	case p.Status == plan.Draft:
		return Reason{NotInForce, law.Title(p) + "是征求意见稿，尚未印发，不与他人冲突"}
	case len(by) > 0:
		return Reason{NotInForce, law.Title(p) + "已被" + law.Title(by[0]) + "替代，不再有效"}
	case p.Status == plan.Superseded:
		return Reason{NotInForce, law.Title(p) + "已废止，不再有效"}
	}
	return Reason{}
}

// Plan finds a plan, nil when the frame has none of that id.
func (f *Frame) Plan(id plan.ID) *plan.Plan {
	if i, ok := f.index[id]; ok {
		return f.numbered[i]
	}
	return nil
}

// Plans are all plans, sorted by id; not to be changed.
func (f *Frame) Plans() []*plan.Plan { return f.plans }

// Indicator finds an indicator, nil when the frame has none of that id.
func (f *Frame) Indicator(id plan.ID) *plan.Indicator { return f.indicators[id] }

// InForce says whether a plan binds anyone now, and why not: drafts, repealed plans and those that an issued text supersedes do not. Where
// no repeal is stated, none is assumed. A plan that the frame doesn't have is not in force.
func (f *Frame) InForce(id plan.ID) (Reason, bool) {
	i, ok := f.index[id]
	if !ok {
		return Reason{NotInForce, string(id) + " 不在规划库中"}, false
	}
	return f.standings[i], f.standings[i].Code == ""
}

// Title is a plan's title in the marks of Chinese text, its id when the frame doesn't have it.
func (f *Frame) Title(id plan.ID) string {
	if p := f.Plan(id); p != nil {
		return law.Title(p)
	}
	return string(id)
}

// Name is the name of an indicator, region, calibre or department or the title of a plan, the id when the frame doesn't have it.
func (f *Frame) Name(id plan.ID) string {
	switch {
	case f.indicators[id] != nil:
		return f.indicators[id].Name
	case f.regions[id] != nil:
		return f.regions[id].Name
	case f.calibres[id] != nil:
		return f.calibres[id].Name
	case f.organizations[id] != nil:
		return f.organizations[id].Name
	case f.zones[id] != nil:
		return f.zones[id].Name
	}
	if p := f.Plan(id); p != nil {
		return p.Title
	}
	return string(id)
}

func (f *Frame) sameSeries(a, b *plan.Plan) bool { return a.Series != "" && a.Series == b.Series }
