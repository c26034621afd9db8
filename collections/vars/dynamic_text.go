package vars

import (
	"strings"

	"github.com/brianvoe/gofakeit/v7/data"
)

var (
	hackerAbbreviations = data.Hacker["abbreviation"]
	hackerAdjectives    = data.Hacker["adjective"]
	hackerNouns         = data.Hacker["noun"]
	hackerVerbs         = data.Hacker["verb"]
	hackerIngverbs      = data.Hacker["ingverb"]
	hackerPhrases       = data.Hacker["phrase"]
	loremWords          = data.Lorem["word"]

	// The lists that a random word comes from.
	wordLists = [][]string{
		departments, products, productAdjectives, productMaterials, colors, catchAdjectives, catchDescriptors,
		catchNouns, bsAdjectives, bsVerbs, bsNouns, streetSuffixes, data.Address["state"], countries, accountTypes,
		transactionTypes, currencyNames, hackerNouns, hackerVerbs, hackerAdjectives, hackerIngverbs,
		hackerAbbreviations, jobDescriptors, jobAreas, jobTypes,
	}
)

// hackerPhrase fills in a sentence such as "Try to {hackerverb} the …".
func (d *Dynamic) hackerPhrase() string {
	lists := map[string][]string{
		"hackerabbreviation": hackerAbbreviations, "hackeradjective": hackerAdjectives, "hackernoun": hackerNouns,
		"hackerverb": hackerVerbs, "hackeringverb": hackerIngverbs,
	}
	var b strings.Builder
	rest := d.pick(hackerPhrases)
	for {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		if !found {
			return capitalize(b.String())
		}
		name, tail, _ := strings.Cut(after, "}")
		if list := lists[name]; list != nil {
			b.WriteString(d.pick(list))
		}
		rest = tail
	}
}

func (d *Dynamic) word() string {
	return d.pick(strings.Fields(d.pick(wordLists[d.rand.IntN(len(wordLists))])))
}

func (d *Dynamic) words(low, high int) string {
	return d.several((*Dynamic).word, d.between(low, high), " ")
}

func (d *Dynamic) lorem(n int) string { return d.several(from(loremWords), n, " ") }

func (d *Dynamic) sentence() string { return capitalize(d.lorem(d.between(3, 10))) + "." }

func (d *Dynamic) sentences() string {
	return d.several((*Dynamic).sentence, d.between(2, 6), " ")
}

func (d *Dynamic) paragraph() string {
	return d.several((*Dynamic).sentence, d.between(3, 6), " ")
}

// paragraphs are set apart as Postman does it, odd as it looks.
func (d *Dynamic) paragraphs() string { return d.several((*Dynamic).paragraph, 3, "\n \r") }

func (d *Dynamic) loremLines() string {
	return d.several((*Dynamic).sentence, d.between(1, 5), "\n")
}

func (d *Dynamic) loremSlug() string { return d.several(from(loremWords), 3, "-") }

func (d *Dynamic) loremText() string {
	kinds := []generator{
		from(loremWords), func(d *Dynamic) string { return d.lorem(3) }, (*Dynamic).sentence, (*Dynamic).sentences,
		(*Dynamic).paragraph, (*Dynamic).paragraphs, (*Dynamic).loremLines,
	}
	return kinds[d.rand.IntN(len(kinds))](d)
}

// capitalize is for ASCII words, which all the lists hold.
func capitalize(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
