package register

import (
	"context"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Answering is the answer that somebody gives to one finding.
type Answering struct {
	Finding plan.ID
	Answer  plan.Answer
	// Expect is the version of the finding that was answered: where it is another by now, the answer is refused with CONFLICT. Nil = any.
	Expect *int64
}

// AnswerOptions say how answers are taken in.
type AnswerOptions struct {
	DryRun bool // refuse what is to be refused, write nothing
	Actor  string
}

// Answered is what answers did, or, after a dry run, would do.
type Answered struct {
	Changed   int
	Unchanged int       // the finding had that answer before
	Gone      []plan.ID // among both, those that the rules no longer report: they are kept for their answers
	Outcome   *Outcome  // nil after a dry run
}

// AnswerFinding records what is decided about a finding; see AnswerFindings. It returns at which revision.
func (r *Register) AnswerFinding(ctx context.Context, id plan.ID, answer plan.Answer, expectedVersion *int64) (*Outcome, error) {
	done, err := r.AnswerFindings(ctx, []Answering{{id, answer, expectedVersion}}, AnswerOptions{Actor: answer.By})
	if err != nil {
		return nil, err
	}
	return done.Outcome, nil
}

// AnswerFindings records answers, all or none. An answer has a decision and who made it; one that does not accept the finding whole has a
// reason. A rejection is a waiver: the finding no longer counts, up to and with the day in Until if there is one. A control that the law sets
// can't be waived. A finding that is no longer reported can be answered as long as the log knows it. An answer that is there already has
// no effect, whatever version is expected. Errors are plan.Errors with "finding:….answer.reason" and the like as paths: BAD_USER_INPUT,
// NOT_FOUND for what never was a finding, CONFLICT for a version that is not the expected one.
func (r *Register) AnswerFindings(ctx context.Context, answers []Answering, opts AnswerOptions) (*Answered, error) {
	if len(answers) == 0 {
		return nil, plan.Errorf(plan.BadUserInput, "answers", "is empty, wanted an answer")
	}
	if opts.DryRun {
		_, done, err := r.answerOps(ctx, answers)
		return done, err
	}
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	for {
		if _, err := r.follow(ctx, nil); err != nil {
			return nil, err
		}
		ops, done, err := r.answerOps(ctx, answers)
		if err != nil {
			return nil, err
		}
		at, err := r.store.Apply(ctx, plan.ChangeSet{Actor: opts.Actor, Note: "answers to findings", Ops: ops})
		if plan.CodeOf(err) == plan.Conflict {
			continue // another server was faster: what it did decides anew
		}
		if err != nil {
			return nil, err
		}
		if done.Outcome, err = r.follow(ctx, nil); err != nil {
			return nil, plan.Errorf(plan.CodeOf(err), "", "the answers are stored at revision %d, but not counted yet: %w", at, err)
		}
		return done, nil
	}
}

// answerOps are the changes that record answers to the findings as they are stored now.
func (r *Register) answerOps(ctx context.Context, answers []Answering) ([]plan.Op, *Answered, error) {
	ids, errs := answeredOnce(answers)
	if errs != nil {
		return nil, nil, errs
	}
	stored, err := r.stored(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	done := &Answered{}
	var ops []plan.Op
	for i, a := range answers {
		f, _ := stored[i].(*plan.Finding)
		if f == nil {
			if f, err = r.vanished(ctx, a.Finding); err != nil {
				return nil, nil, err
			}
		}
		if f == nil {
			errs = append(errs, plan.Errorf(plan.NotFound, string(a.Finding), "is no finding of this register, and never was one"))
			continue
		}
		op, refused := answer(f, stored[i] != nil, a, r.today())
		errs = append(errs, refused...)
		switch {
		case op != nil:
			ops = append(ops, *op)
			done.Changed++
		case refused == nil:
			done.Unchanged++
		}
		if f.State == plan.FindingGone {
			done.Gone = append(done.Gone, f.ID)
		}
	}
	return ops, done, errs.Err()
}

// answeredOnce are the findings that are answered, each once.
func answeredOnce(answers []Answering) ([]plan.ID, plan.Errors) {
	var errs plan.Errors
	ids := make([]plan.ID, len(answers))
	again := map[plan.ID]bool{}
	for i, a := range answers {
		ids[i] = a.Finding
		switch {
		case plan.KindOf(a.Finding) != plan.KindNamed("Finding"):
			errs = append(errs, plan.Errorf(plan.BadUserInput, string(a.Finding), "saw %q, wanted the id of a finding", a.Finding))
		case again[a.Finding]:
			errs = append(errs, plan.Errorf(plan.BadUserInput, string(a.Finding), "is answered twice, wanted one answer"))
		}
		again[a.Finding] = true
	}
	return ids, errs
}

// vanished is a finding that was removed when it was no longer reported, as the log last knew it; nil when it knows none.
func (r *Register) vanished(ctx context.Context, id plan.ID) (*plan.Finding, error) {
	log, err := r.store.History(ctx, id, 0, 2) // its removal, and what it was
	if err != nil {
		return nil, err
	}
	for _, c := range log {
		was, err := unmarshal(c.After)
		if err != nil {
			return nil, err
		}
		if f, ok := was.(*plan.Finding); ok {
			f.State = plan.FindingGone
			return f, nil
		}
	}
	return nil, nil
}

// answer is the change that gives a finding its answer, nil when that is refused or there already. A finding that the store does not have
// comes back as gone.
func answer(f *plan.Finding, stored bool, a Answering, today plan.Date) (*plan.Op, plan.Errors) {
	given := a.Answer
	given.Reason, given.By = strings.TrimSpace(given.Reason), strings.TrimSpace(given.By)
	if stored && f.Answer == given {
		return nil, nil
	}
	if errs := refusals(f, given, today); len(errs) > 0 {
		return nil, errs
	}
	if stored && a.Expect != nil && *a.Expect != f.Version {
		return nil, plan.Errors{plan.Errorf(plan.Conflict, string(f.ID)+".version",
			"saw an answer to version %d, but the finding stands at version %d: read it again and answer that", *a.Expect, f.Version)}
	}
	now := *f
	now.Answer = given
	if now.State != plan.FindingGone {
		now.State = stateOf(given, today)
	}
	if errs := plan.Validate(&now); len(errs) > 0 {
		return nil, errs
	}
	expect := f.Version
	if !stored {
		expect = 0
	}
	return &plan.Op{Upsert: &now, Expect: &expect}, nil
}

// refusals are what speaks against an answer to a finding.
func refusals(f *plan.Finding, a plan.Answer, today plan.Date) plan.Errors {
	var errs plan.Errors
	refuse := func(field, format string, args ...any) {
		errs = append(errs, plan.Errorf(plan.BadUserInput, string(f.ID)+".answer."+field, format, args...))
	}
	if !slices.Contains(a.Decision.Values(), string(a.Decision)) {
		refuse("decision", "saw %q, wanted one of %s", a.Decision, strings.Join(a.Decision.Values(), " "))
	}
	if a.By == "" {
		refuse("by", "is missing, wanted who decided")
	}
	if a.Reason == "" && (a.Decision == plan.PartiallyAccepted || a.Decision == plan.Rejected) {
		refuse("reason", "is missing, wanted why the finding is not accepted whole")
	}
	if a.Until != "" {
		if _, err := plan.ParseDate(string(a.Until)); err != nil {
			refuse("until", "%v", err)
		} else if expired(a, today) {
			refuse("until", "saw %s, wanted a day that has not passed", a.Until)
		}
	}
	if a.Decision == plan.Rejected && f.Severity == plan.Blocker && f.Yields.Norm == law.Control {
		refuse("decision", "saw REJECTED for a control that no plan may break and nobody may waive (%s): %s", controls(f),
			"wanted ACCEPTED, or PARTIALLY_ACCEPTED with the reason")
	}
	return errs
}

// controls names the articles that a finding about a statutory control rests on.
func controls(f *plan.Finding) string {
	var articles []string
	for _, s := range f.Explanation {
		if c := s.Citation; c.Law != "" {
			articles = append(articles, law.Citation{Law: c.Law, Article: c.Article, Assumption: c.Assumption}.Text())
		}
	}
	if norm, ok := law.NormByID(law.Control); ok && len(articles) == 0 {
		for _, c := range norm.Basis {
			articles = append(articles, c.Text())
		}
	}
	return strings.Join(slices.Compact(articles), "、")
}
