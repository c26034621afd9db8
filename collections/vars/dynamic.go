package vars

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Dynamic makes Postman's $dynamic values ($guid, $timestamp, $randomEmail …).
// It is not safe for concurrent use.
type Dynamic struct {
	rand *rand.Rand
	now  func() time.Time
}

// NewDynamic returns a Dynamic over a source of randomness and a clock; nil
// stands for a freshly seeded source and for time.Now. The same seed and clock
// give the same values.
func NewDynamic(r *rand.Rand, now func() time.Time) *Dynamic {
	if r == nil {
		r = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if now == nil {
		now = time.Now
	}
	return &Dynamic{rand: r, now: now}
}

// Value returns a fresh value of the dynamic variable name (with its "$").
func (d *Dynamic) Value(name string) (Value, bool) {
	generate, ok := generators[name]
	if !ok {
		return nil, false
	}
	return generate(d), true
}

// Names lists all dynamic names, sorted.
func Names() []string { return slices.Sorted(maps.Keys(generators)) }

func isDynamic(name string) bool { return generators[name] != nil }

// A generator makes one value, already as text.
type generator func(*Dynamic) string

// from picks an entry of list.
func from(list []string) generator {
	return func(d *Dynamic) string { return d.pick(list) }
}

// constant is always s.
func constant(s string) generator { return func(*Dynamic) string { return s } }

func (d *Dynamic) pick(list []string) string { return list[d.rand.IntN(len(list))] }

// between is an integer from low to high, both included.
func (d *Dynamic) between(low, high int) int { return low + d.rand.IntN(high-low+1) }

func (d *Dynamic) chance(percent int) bool { return d.rand.IntN(100) < percent }

const (
	digits   = "0123456789"
	hexits   = "0123456789abcdef"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letters  = "abcdefghijklmnopqrstuvwxyz"
)

// chars is n characters of an alphabet.
func (d *Dynamic) chars(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[d.rand.IntN(len(alphabet))]
	}
	return string(b)
}

// several joins n values of g.
func (d *Dynamic) several(g generator, n int, sep string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = g(d)
	}
	return strings.Join(list, sep)
}

// generators has one entry for every dynamic variable that Postman documents.
var generators = map[string]generator{
	"$guid":               (*Dynamic).uuid,
	"$timestamp":          (*Dynamic).timestamp,
	"$isoTimestamp":       (*Dynamic).isoTimestamp,
	"$randomUUID":         (*Dynamic).uuid,
	"$randomInt":          (*Dynamic).integer,
	"$randomBoolean":      from([]string{"true", "false"}),
	"$randomAlphaNumeric": func(d *Dynamic) string { return d.chars(digits+letters, 1) },
	"$randomSemver":       (*Dynamic).semver,

	"$randomDatePast":   (*Dynamic).datePast,
	"$randomDateFuture": (*Dynamic).dateFuture,
	"$randomDateRecent": (*Dynamic).dateRecent,
	"$randomMonth":      (*Dynamic).month,
	"$randomWeekday":    (*Dynamic).weekday,

	"$randomFirstName":      from(firstNames),
	"$randomLastName":       from(lastNames),
	"$randomFullName":       (*Dynamic).fullName,
	"$randomNamePrefix":     from(namePrefixes),
	"$randomNameSuffix":     from(nameSuffixes),
	"$randomJobArea":        from(jobAreas),
	"$randomJobDescriptor":  from(jobDescriptors),
	"$randomJobTitle":       (*Dynamic).jobTitle,
	"$randomJobType":        from(jobTypes),
	"$randomPhoneNumber":    (*Dynamic).phone,
	"$randomPhoneNumberExt": (*Dynamic).phoneWithExtension,

	"$randomCity":          (*Dynamic).city,
	"$randomStreetName":    (*Dynamic).street,
	"$randomStreetAddress": (*Dynamic).streetAddress,
	"$randomCountry":       from(countries),
	"$randomCountryCode":   from(countryCodes),
	"$randomLatitude":      func(d *Dynamic) string { return d.degrees(90) },
	"$randomLongitude":     func(d *Dynamic) string { return d.degrees(180) },
	"$randomLocale":        from(locales),

	"$randomColor":                 from(colors),
	"$randomDepartment":            from(departments),
	"$randomProduct":               from(products),
	"$randomProductAdjective":      from(productAdjectives),
	"$randomProductMaterial":       from(productMaterials),
	"$randomProductName":           (*Dynamic).productName,
	"$randomCompanyName":           (*Dynamic).company,
	"$randomCompanySuffix":         from(companySuffixes),
	"$randomBs":                    (*Dynamic).businessSpeak,
	"$randomBsAdjective":           from(bsAdjectives),
	"$randomBsBuzz":                from(bsVerbs),
	"$randomBsNoun":                from(bsNouns),
	"$randomCatchPhrase":           (*Dynamic).catchPhrase,
	"$randomCatchPhraseAdjective":  from(catchAdjectives),
	"$randomCatchPhraseDescriptor": from(catchDescriptors),
	"$randomCatchPhraseNoun":       from(catchNouns),

	"$randomBankAccount":     func(d *Dynamic) string { return d.chars(digits, 8) },
	"$randomBankAccountName": func(d *Dynamic) string { return d.pick(accountTypes) + " Account" },
	"$randomBankAccountBic":  (*Dynamic).bic,
	"$randomBankAccountIban": (*Dynamic).iban,
	"$randomCreditCardMask":  func(d *Dynamic) string { return d.chars(digits, 4) },
	"$randomPrice":           (*Dynamic).price,
	"$randomTransactionType": from(transactionTypes),
	"$randomCurrencyCode":    from(currencyCodes),
	"$randomCurrencyName":    from(currencyNames),
	"$randomCurrencySymbol":  from(currencySymbols),
	"$randomBitcoin":         (*Dynamic).bitcoin,

	"$randomAbbreviation": from(hackerAbbreviations),
	"$randomAdjective":    from(hackerAdjectives),
	"$randomNoun":         from(hackerNouns),
	"$randomVerb":         from(hackerVerbs),
	"$randomIngverb":      from(hackerIngverbs),
	"$randomPhrase":       (*Dynamic).hackerPhrase,
	"$randomWord":         (*Dynamic).word,
	"$randomWords":        func(d *Dynamic) string { return d.words(2, 5) },

	"$randomLoremWord":       from(loremWords),
	"$randomLoremWords":      func(d *Dynamic) string { return d.lorem(3) },
	"$randomLoremSentence":   (*Dynamic).sentence,
	"$randomLoremSentences":  (*Dynamic).sentences,
	"$randomLoremParagraph":  (*Dynamic).paragraph,
	"$randomLoremParagraphs": (*Dynamic).paragraphs,
	"$randomLoremText":       (*Dynamic).loremText,
	"$randomLoremSlug":       (*Dynamic).loremSlug,
	"$randomLoremLines":      (*Dynamic).loremLines,

	"$randomIP":           (*Dynamic).ip,
	"$randomIPV6":         (*Dynamic).ipv6,
	"$randomMACAddress":   (*Dynamic).mac,
	"$randomPassword":     func(d *Dynamic) string { return d.chars(capitals+letters+digits+"_", 15) },
	"$randomUserAgent":    (*Dynamic).userAgent,
	"$randomProtocol":     from([]string{"http", "https"}),
	"$randomHexColor":     (*Dynamic).hexColor,
	"$randomDomainName":   (*Dynamic).domain,
	"$randomDomainSuffix": from(domainSuffixes),
	"$randomDomainWord":   (*Dynamic).domainWord,
	"$randomUrl":          (*Dynamic).url,
	"$randomEmail":        func(d *Dynamic) string { return d.email(mailProviders) },
	"$randomExampleEmail": func(d *Dynamic) string { return d.email(exampleDomains) },
	"$randomUserName":     (*Dynamic).userName,

	"$randomAvatarImage":    (*Dynamic).avatar,
	"$randomImageUrl":       constant(imageURL),
	"$randomAbstractImage":  constant(imageURL + "/abstract"),
	"$randomAnimalsImage":   constant(imageURL + "/animals"),
	"$randomBusinessImage":  constant(imageURL + "/business"),
	"$randomCatsImage":      constant(imageURL + "/cats"),
	"$randomCityImage":      constant(imageURL + "/city"),
	"$randomFoodImage":      constant(imageURL + "/food"),
	"$randomNightlifeImage": constant(imageURL + "/nightlife"),
	"$randomFashionImage":   constant(imageURL + "/fashion"),
	"$randomPeopleImage":    constant(imageURL + "/people"),
	"$randomNatureImage":    constant(imageURL + "/nature"),
	"$randomSportsImage":    constant(imageURL + "/sports"),
	"$randomTransportImage": constant(imageURL + "/transport"),
	"$randomImageDataUri":   constant(imageData),

	"$randomDatabaseColumn":    from(databaseColumns),
	"$randomDatabaseType":      from(databaseTypes),
	"$randomDatabaseCollation": from(databaseCollations),
	"$randomDatabaseEngine":    from(databaseEngines),
	"$randomFileName":          func(d *Dynamic) string { return d.fileName(fileExtensions) },
	"$randomFileType":          from(fileTypes),
	"$randomFileExt":           from(fileExtensions),
	"$randomCommonFileName":    func(d *Dynamic) string { return d.fileName(commonExtensions) },
	"$randomCommonFileType":    from(commonFileTypes),
	"$randomCommonFileExt":     from(commonExtensions),
	"$randomFilePath":          (*Dynamic).filePath,
	"$randomDirectoryPath":     from(directories),
	"$randomMimeType":          from(mimeTypes),
}
