package plan

import "time"

// Revision counts the change sets of a register; it grows by one with each that has an effect.
type Revision int64

// ChangeSet is applied whole or not at all, in the order of Ops; references may point forward
// within the set.
type ChangeSet struct {
	Key string // idempotency key: the same key again has no second effect; "" = none
	// Asked tells the set apart from others that come with the same key; "" = Ops do. It is for ops that were worked out from what was asked
	// and from what the register held: asked again, they may be others.
	Asked string
	Actor string // who, for the change log
	Note  string // why
	// At is the revision that the set was worked out from: where the register has moved on, the set is refused with CONFLICT. Nil = any.
	At  *Revision
	Ops []Op
}

// Op upserts one object or removes one; exactly one of Upsert and Remove is set.
type Op struct {
	// Upsert replaces the object whole. Version and times in it are ignored; an object that is
	// equal to the stored one is left alone and keeps its version.
	Upsert Object
	Remove ID
	// Expect is the version that the object must have now: 0 that it must not exist, nil anything.
	Expect *int64
	// Cascade also removes what can't be without the removed object (a plan's elements, the links
	// of both); without it such a removal is refused with CONFLICT naming what hangs on it.
	Cascade bool
}

// ID is the id of the object that the op is about.
func (o Op) ID() ID {
	if o.Upsert != nil {
		return o.Upsert.Base().ID
	}
	return o.Remove
}

// Change is one entry of the change log. After is the object as canonical JSON (field and edge
// names of the description), nil for a removal; what it was before is the After of the previous
// entry with the same ID.
type Change struct {
	Revision Revision
	At       time.Time
	Actor    string
	Note     string
	ID       ID
	After    []byte
}

// Moved is the CONFLICT of a set that was worked out from a revision at which the register no longer stands.
func Moved(wanted, now Revision) error {
	return Errorf(Conflict, "", "the register stands at revision %d, wanted %d", now, wanted)
}
