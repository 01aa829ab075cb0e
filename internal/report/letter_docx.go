package report

import (
	"bytes"
	"embed"
	"encoding/xml"
	"io"
	"io/fs"
	"strings"
)

// docx are the parts of a document that no letter changes: styles in the manner of GB/T 9704 (party and government documents), fonts with
// their substitutes, page numbers.
//
//go:embed all:docx
var docx embed.FS

// LetterDOCX writes a letter as a document for Word, WPS or LibreOffice. Equal letters are equal bytes.
//
// It is written here and by no library: of those for Go, some are sold or under the AGPL, the others fill in templates or are young; and
// none promises equal bytes. A letter needs paragraphs with styles, which are these few elements.
func LetterDOCX(w io.Writer, l *Letter) error {
	var parts []part
	err := fs.WalkDir(docx, "docx", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := docx.ReadFile(path)
		parts = append(parts, part{strings.TrimPrefix(path, "docx/"), data})
		return err
	})
	if err != nil {
		return err
	}
	document, err := documentXML(l)
	if err != nil {
		return err
	}
	return pack(w, append(parts, part{"word/document.xml", document}))
}

// The elements of WordprocessingML that a letter uses; the order of fields is that of the schema.
type (
	wordDocument struct {
		XMLName       xml.Name    `xml:"w:document"`
		Main          string      `xml:"xmlns:w,attr"`
		Relationships string      `xml:"xmlns:r,attr"`
		Paragraphs    []wordPara  `xml:"w:body>w:p"`
		Section       wordSection `xml:"w:body>w:sectPr"`
	}
	wordPara struct {
		Style wordValue `xml:"w:pPr>w:pStyle"`
		Runs  []wordRun `xml:"w:r"`
	}
	wordRun struct {
		Style *wordValue `xml:"w:rPr>w:rStyle"`
		Text  wordText   `xml:"w:t"`
	}
	wordText struct {
		Space string `xml:"xml:space,attr"`
		Text  string `xml:",chardata"`
	}
	wordValue struct {
		Value string `xml:"w:val,attr"`
	}
	wordSection struct {
		Footer wordReference `xml:"w:footerReference"`
		Size   wordSize      `xml:"w:pgSz"`
		Margin wordMargin    `xml:"w:pgMar"`
	}
	wordReference struct {
		Type string `xml:"w:type,attr"`
		ID   string `xml:"r:id,attr"`
	}
	wordSize struct {
		Width  int `xml:"w:w,attr"`
		Height int `xml:"w:h,attr"`
	}
	wordMargin struct {
		Top    int `xml:"w:top,attr"`
		Right  int `xml:"w:right,attr"`
		Bottom int `xml:"w:bottom,attr"`
		Left   int `xml:"w:left,attr"`
		Header int `xml:"w:header,attr"`
		Footer int `xml:"w:footer,attr"`
		Gutter int `xml:"w:gutter,attr"`
	}
)

// sheet is A4 with the margins of GB/T 9704: 37 mm above, 26 right, 35 below and 28 left, in twentieths of a point.
func sheet() wordSection {
	return wordSection{
		Footer: wordReference{Type: "default", ID: "rId3"},
		Size:   wordSize{Width: 11906, Height: 16838},
		Margin: wordMargin{Top: 2098, Right: 1474, Bottom: 1984, Left: 1588, Header: 851, Footer: 1587},
	}
}

func documentXML(l *Letter) ([]byte, error) {
	doc := wordDocument{
		Main:          "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
		Relationships: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
		Section:       sheet(),
	}
	for _, b := range l.blocks() {
		p := wordPara{Style: wordValue{string(b.style)}}
		if b.label != "" {
			p.Runs = append(p.Runs, wordRun{Style: &wordValue{"Label"}, Text: preserved(b.label)})
		}
		doc.Paragraphs = append(doc.Paragraphs, wordPara{p.Style, append(p.Runs, wordRun{Text: preserved(b.text)})})
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	if err := xml.NewEncoder(&out).Encode(doc); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func preserved(text string) wordText { return wordText{"preserve", text} }
