package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"xianjie/internal/plan"
)

// Schema is the JSON Schema (draft 2020-12) of documents, for editors. It is generated from the
// description; what only Parse and Resolve can judge (quantities, references, dates that are none)
// it describes in words.
func Schema() []byte {
	defs := schema{"reference": schema{
		"description": "A code, such as 150000, or a full id, such as region:150000.",
		"type":        []string{"string", "integer"},
	}}
	for _, k := range plan.Kinds() {
		if k.Name != "Finding" {
			defs[k.Prefix] = kindSchema(k)
		}
	}
	planFile := lists(planLists())
	planFile[planKey] = schema{"$ref": "#/$defs/plan"}
	vocabulary := closed(lists(vocabularyLists()), "Regions, organizations, zones, indicators, and what no plan states.")
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(schema{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Xianjie plan document",
		"description": "One plan 规划 with its elements, or a part of the vocabulary that plans share.",
		"oneOf": []schema{
			closed(planFile, "A plan and what it contains.", planKey),
			closed(schema{vocabularyKey: vocabulary}, "A part of the vocabulary.", vocabularyKey),
		},
		"$defs": defs,
	})
	if err != nil {
		panic("document: " + err.Error()) // texts, lists and maps always marshal
	}
	return buf.Bytes()
}

type schema = map[string]any

// closed is a mapping that has no other keys.
func closed(properties schema, description string, required ...string) schema {
	s := schema{
		"type": "object", "description": description, "properties": properties, "additionalProperties": false,
	}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func lists(kinds []*plan.Kind) schema {
	properties := schema{}
	for _, k := range kinds {
		properties[k.Plural] = listOfKind(k, describeKind(k))
	}
	return properties
}

func listOfKind(k *plan.Kind, description string) schema {
	return schema{"type": "array", "description": description, "items": schema{"$ref": "#/$defs/" + k.Prefix}}
}

func kindSchema(k *plan.Kind) schema {
	properties := schema{}
	var required []string
	s := shapeOf(k)
	for _, m := range s.members {
		properties[m.key] = s.memberSchema(m)
		if s.required(m) {
			required = append(required, m.key)
		}
	}
	return closed(properties, describeKind(k), required...)
}

// required says whether the document must state the member: no place and no default does.
func (s *shape) required(m *member) bool {
	switch {
	case m.key == "code":
		return true
	case m.edge != nil:
		return m.edge.Required && !(isLink(s.kind) && m.key == "from")
	case m.field != nil:
		return m.field.Required && s.defaults[m.field.Position] == nil
	case m.quantity != nil:
		return s.kind.Field(m.path + ".comparator").Required
	}
	return false
}

func (s *shape) memberSchema(m *member) schema {
	switch {
	case m.nested != nil && m.key == childrenKey:
		return listOfKind(m.nested, "What is nested in it.")
	case m.nested != nil:
		return listOfKind(m.nested, describeKind(m.nested))
	case m.edge != nil && m.edge.Many:
		return schema{"type": "array", "description": describeEdge(m.edge), "items": schema{"$ref": "#/$defs/reference"}}
	case m.edge != nil:
		return schema{"$ref": "#/$defs/reference", "description": describeEdge(m.edge)}
	case m.quantity != nil:
		return schema{
			"type":        []string{"string", "number"},
			"description": "A quantity 量 as people write it.",
			"examples":    []string{">= 23.5 %", "-15 % vs 2020", "3000 万kW", "about 65 %", "33..37 %", "qualitative: 持续改善"},
		}
	case m.parts != nil:
		properties := schema{}
		for _, part := range m.parts {
			properties[part.key] = fieldSchema(part.field)
		}
		return closed(properties, describeWord(m.key))
	case m.key == "code":
		return schema{"type": []string{"string", "integer"}, "description": "Its own code, which its id ends with; the same in every edition of a series."}
	}
	return fieldSchema(m.field)
}

func fieldSchema(f *plan.Field) schema {
	name := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
	s := schema{"description": describeWord(name)}
	switch {
	case f.Enum != nil:
		s["enum"] = f.Enum
	case f.Date:
		s["type"] = []string{"string", "integer"}
		s["pattern"] = `^\d{4}(-\d{2}(-\d{2})?)?$`
		s["description"] = describeWord(name) + " A year, a month or a day, as precise as it was published."
	case f.Type == plan.Int:
		s["type"], s["minimum"] = "integer", 0
	case f.Type == plan.Bool:
		s["type"] = "boolean"
	case f.Type == plan.Decimal:
		s["type"] = []string{"string", "number"}
	case f.Type == plan.Strings:
		s["type"], s["items"] = "array", schema{"type": "string", "minLength": 1}
	default:
		s["type"], s["minLength"] = []string{"string", "number", "boolean"}, 1
	}
	return s
}

func describeEdge(e *plan.Edge) string {
	return fmt.Sprintf("%s Refers to %s.", describeWord(e.Name), nouns(e.To))
}

func describeKind(k *plan.Kind) string {
	if d, ok := kindWords()[k.Name]; ok {
		return d
	}
	return k.Name + "."
}

func describeWord(name string) string {
	if d, ok := memberWords()[name]; ok {
		return d
	}
	return spaced(name) + "."
}

// spaced turns a name into words: documentNumber into "Document number".
func spaced(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case r >= 'A' && r <= 'Z':
			b.WriteString(" " + strings.ToLower(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func kindWords() map[string]string {
	return map[string]string{
		"Plan":         "规划: one text with its level, category, form and period.",
		"Section":      "章节: one heading of the outline.",
		"Principle":    "基本原则 of the plan.",
		"Goal":         "主要目标: a goal in words; its numbers are targets.",
		"Task":         "重点任务 of the plan.",
		"Project":      "重大工程 of the plan.",
		"Demand":       "What a project takes of a resource in a region and year.",
		"Safeguard":    "保障措施 of the plan.",
		"Indicator":    "指标: the concept that targets and observations give values of.",
		"Calibre":      "口径: one statistical definition of an indicator. Only the same calibre compares.",
		"Target":       "目标值: what the plan sets for an indicator, a region and a year.",
		"Observation":  "实际值: what was measured.",
		"Region":       "区域: an administrative, river basin or functional area.",
		"Organization": "部门: a department, government or party body.",
		"Zone":         "管控分区: an area under a control line, with its rule.",
		"Link":         "衔接关系: between two plans, or between elements.",
	}
}

func memberWords() map[string]string {
	return map[string]string{
		"title":          "名称, as printed.",
		"name":           "名称.",
		"aliases":        "Other names 别名 of the same.",
		"text":           "The wording of the source 原文.",
		"note":           "A remark 备注.",
		"source":         "来源: where the facts were published.",
		"ref":            "Ids in the list of sources, separated by spaces.",
		"address":        "Address where the publication may be linked.",
		"locator":        "Page, article or clause.",
		"confidence":     "STATED 原文, DERIVED 推导 or UNVERIFIED 未核实.",
		"level":          "层级: NATIONAL 国家, PROVINCIAL 省, PREFECTURAL 市, COUNTY 县.",
		"category":       "类别: DEVELOPMENT 发展, SPATIAL 空间, SPECIAL 专项, REGIONAL 区域.",
		"form":           "文种: PLAN 规划, PROGRAMME 方案, OPINION 意见, ANNUAL 年度计划.",
		"status":         "状态: DRAFT 征求意见稿, ISSUED 印发, SUPERSEDED 废止.",
		"series":         "Code that all editions 各版本 of one plan share.",
		"documentNumber": "文号.",
		"order":          "Place in its list, from 1; left out, it is that of the document.",
		"nature":         "性质: BINDING 约束性, EXPECTED 预期性; left out, UNSTATED.",
		"year":           "Year 目标年 that it is due.",
		"yearStart":      "First year of a span such as 2021–2025.",
		"calibre":        "口径; a bare code is one of the indicator.",
		"indicator":      "指标.",
		"region":         "区域.",
		"leads":          "牵头单位.",
		"lead":           "牵头单位.",
		"issuers":        "印发单位.",
		"supporting":     "配合单位.",
		"article":        "Article or clause 条款 that the link rests on.",
		"state":          "Review state 审核状态; left out, UNREVIEWED.",
		"suspect":        "Ends that have to look at a SUSPECT link 存疑 again; the register notes it.",
		"reviewedBy":     "复核人.",
		"reviewNote":     "复核意见.",
		"fromReviewed":   "Fingerprint of the start as it was reviewed; the register notes it.",
		"toReviewed":     "Fingerprint of the end as it was reviewed; the register notes it.",
		"from":           "Where the link starts; left out, the plan of the file.",
		"to":             "Where the link leads; a bare code is a plan.",
		"trend":          "UP or DOWN: which way is good 越高越好/越低越好.",
		"summable":       "Whether values of parts add up to that of the whole.",
		"unit":           "Standard unit 计量单位.",
		"forbids":        "Object classes that the rule forbids.",
		"action":         "What is done to the object class.",
		"objectClass":    "What the action is done to.",
		"parent":         "What it belongs to; what stands below `children` says it by its place.",
		"gbCode":         "GB/T 2260 code.",
		"edition":        "Edition 版本.",
	}
}
