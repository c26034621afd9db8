package vars_test

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
)

// shapes describes the values Postman gives; its own generator fits them too.
var shapes = map[string]string{
	"$guid":               uuidShape,
	"$timestamp":          `1774034609`, // half a second rounds up
	"$isoTimestamp":       `2026-03-20T19:23:28\.600Z`,
	"$randomUUID":         uuidShape,
	"$randomInt":          `\d|[1-9]\d{1,2}|1000`,
	"$randomBoolean":      `true|false`,
	"$randomAlphaNumeric": `[0-9a-z]`,
	"$randomSemver":       `\d\.\d\.\d`,

	"$randomDatePast":   dateShape,
	"$randomDateFuture": dateShape,
	"$randomDateRecent": dateShape,
	"$randomMonth":      `January|February|March|April|May|June|July|August|September|October|November|December`,
	"$randomWeekday":    `(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day`,

	"$randomFirstName":      nameShape,
	"$randomLastName":       nameShape,
	"$randomFullName":       `((Mr|Mrs|Ms|Dr)\. |Miss )?` + nameShape + ` ` + nameShape + `( (Jr\.|Sr\.|I|II|III|IV|V|MD|DDS|PhD|DVM))?`,
	"$randomNamePrefix":     `(Mr|Mrs|Ms|Dr)\.|Miss`,
	"$randomNameSuffix":     `Jr\.|Sr\.|I|II|III|IV|V|MD|DDS|PhD|DVM`,
	"$randomJobArea":        `[A-Z][a-z]+`,
	"$randomJobDescriptor":  `[A-Z][a-z]+`,
	"$randomJobTitle":       `[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+`,
	"$randomJobType":        `[A-Z][a-z]+`,
	"$randomPhoneNumber":    `[2-9]\d\d-[2-9]\d\d-\d{4}`,
	"$randomPhoneNumberExt": `[1-9]\d?-[2-9]\d\d-[2-9]\d\d-\d{4}`,

	"$randomCity":          `[A-Z][\p{L}' ./-]+`,
	"$randomStreetName":    nameShape + ` [A-Z][a-z]+`,
	"$randomStreetAddress": `\d{3,5} ` + nameShape + ` [A-Z][a-z]+`,
	"$randomCountry":       `\p{Lu}[\p{L}\d'’().,& -]+`,
	"$randomCountryCode":   `[A-Z]{2}`,
	"$randomLatitude":      `-?(\d|[1-8]\d|90)\.\d{4}`,
	"$randomLongitude":     `-?(\d|[1-9]\d|1[0-7]\d|180)\.\d{4}`,
	"$randomLocale":        `[a-z]{2,3}`,

	"$randomColor":                 `[a-z]+( [a-z]+)?`,
	"$randomDepartment":            `[A-Z][a-z]+`,
	"$randomProduct":               `[A-Z][a-z]+`,
	"$randomProductAdjective":      `[A-Z][a-z]+`,
	"$randomProductMaterial":       `[A-Z][a-z]+`,
	"$randomProductName":           `[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+`,
	"$randomCompanyName":           nameShape + `( (Inc|and Sons|LLC|Group)| - ` + nameShape + `|, ` + nameShape + ` and ` + nameShape + `)`,
	"$randomCompanySuffix":         `Inc|and Sons|LLC|Group`,
	"$randomBs":                    `[a-z-]+ [\w/-]+ [\w -]+`,
	"$randomBsAdjective":           `[\w/-]+`,
	"$randomBsBuzz":                `[a-z-]+`,
	"$randomBsNoun":                `[\w-]+( [a-z]+)?`,
	"$randomCatchPhrase":           `[A-Z][\w -]+ [\w/ -]+ [\w -]+`,
	"$randomCatchPhraseAdjective":  `[A-Z][\w -]+`,
	"$randomCatchPhraseDescriptor": `[\w/ -]+`,
	"$randomCatchPhraseNoun":       `[\w -]+`,

	"$randomBankAccount":     `\d{8}`,
	"$randomBankAccountName": `([A-Z][a-z]+ ){1,2}Account`,
	"$randomBankAccountBic":  `[A-Z]{3}[AEIOU][A-Z]{3}1([A-Z][AEIOU][A-Z]|\d{3})?`,
	"$randomBankAccountIban": `[A-Z]{2}\d{2}[0-9A-Z]{11,30}`,
	"$randomCreditCardMask":  `\d{4}`,
	"$randomPrice":           `\d{1,4}\.\d{2}`,
	"$randomTransactionType": `deposit|invoice|payment|withdrawal`,
	"$randomCurrencyCode":    `[A-Z]{3}( [A-Z]{3})?`,
	"$randomCurrencyName":    `[\p{L}][\p{L}\p{N}'’(),./ &-]+`,
	"$randomCurrencySymbol":  `\S{1,4}`,
	"$randomBitcoin":         `[13][1-9A-HJ-NP-Za-km-z]{24,33}`,

	"$randomAbbreviation": `[A-Z]+`,
	"$randomAdjective":    `[\w -]+`,
	"$randomNoun":         `[a-z]+( [a-z]+)?`,
	"$randomVerb":         `[a-z]+( [a-z]+)?`,
	"$randomIngverb":      `[a-z]+ing( up)?`,
	"$randomPhrase":       `\w.{20,}!`,
	"$randomWord":         `\S+`,
	"$randomWords":        `\S+( \S+){1,4}`,

	"$randomLoremWord":       `[a-z]+`,
	"$randomLoremWords":      `[a-z]+( [a-z]+){2}`,
	"$randomLoremSentence":   sentenceShape,
	"$randomLoremSentences":  sentenceShape + `( ` + sentenceShape + `){1,5}`,
	"$randomLoremParagraph":  sentenceShape + `( ` + sentenceShape + `){2,5}`,
	"$randomLoremParagraphs": `[^\n]+\.\n \r[^\n]+\.\n \r[^\n]+\.`,
	"$randomLoremText":       `[A-Za-z][a-zA-Z. \n\r]*`,
	"$randomLoremSlug":       `[a-z]+-[a-z]+-[a-z]+`,
	"$randomLoremLines":      sentenceShape + `(\n` + sentenceShape + `){0,4}`,

	"$randomIP":           `\d{1,3}(\.\d{1,3}){3}`,
	"$randomIPV6":         `[0-9a-f]{4}(:[0-9a-f]{4}){7}`,
	"$randomMACAddress":   `[0-9a-f]{2}(:[0-9a-f]{2}){5}`,
	"$randomPassword":     `\w{15}`,
	"$randomUserAgent":    `(Mozilla/5\.0|Opera/\d+\.\d+) \(.+`,
	"$randomProtocol":     `https?`,
	"$randomHexColor":     `#[0-9a-f]{6}`,
	"$randomDomainName":   `[a-z]+\.` + suffixShape,
	"$randomDomainSuffix": suffixShape,
	"$randomDomainWord":   `[a-z]+`,
	"$randomUrl":          `https?://[a-z]+\.` + suffixShape,
	"$randomEmail":        userShape + `@(gmail|hotmail|yahoo)\.com`,
	"$randomExampleEmail": userShape + `@example\.(com|net|org)`,
	"$randomUserName":     userShape,

	"$randomAvatarImage":    `https://cdn\.fakercloud\.com/avatars/[\w.]+_128\.jpg`,
	"$randomImageUrl":       `http://placeimg\.com/640/480`,
	"$randomAbstractImage":  `http://placeimg\.com/640/480/abstract`,
	"$randomAnimalsImage":   `http://placeimg\.com/640/480/animals`,
	"$randomBusinessImage":  `http://placeimg\.com/640/480/business`,
	"$randomCatsImage":      `http://placeimg\.com/640/480/cats`,
	"$randomCityImage":      `http://placeimg\.com/640/480/city`,
	"$randomFoodImage":      `http://placeimg\.com/640/480/food`,
	"$randomNightlifeImage": `http://placeimg\.com/640/480/nightlife`,
	"$randomFashionImage":   `http://placeimg\.com/640/480/fashion`,
	"$randomPeopleImage":    `http://placeimg\.com/640/480/people`,
	"$randomNatureImage":    `http://placeimg\.com/640/480/nature`,
	"$randomSportsImage":    `http://placeimg\.com/640/480/sports`,
	"$randomTransportImage": `http://placeimg\.com/640/480/transport`,
	"$randomImageDataUri":   `data:image/svg\+xml;charset=UTF-8,%3Csvg[\w%.-]+%3C%2Fsvg%3E`,

	"$randomDatabaseColumn":    `[a-z]+(At)?`,
	"$randomDatabaseType":      `[a-z]+`,
	"$randomDatabaseCollation": `(utf8|ascii|cp1250)_[a-z_]+`,
	"$randomDatabaseEngine":    `InnoDB|MyISAM|MEMORY|CSV|BLACKHOLE|ARCHIVE`,
	"$randomFileName":          `\w+\.[\w-]+`,
	"$randomFileType":          `[a-z-]+`,
	"$randomFileExt":           `[\w-]+`,
	"$randomCommonFileName":    `\w+\.[a-z0-9]+`,
	"$randomCommonFileType":    `application|audio|image|text|video`,
	"$randomCommonFileExt":     `[a-z0-9]+`,
	"$randomFilePath":          `(/[\w+-]+)+/\w+\.[\w-]+`,
	"$randomDirectoryPath":     `(/[\w+-]+)+`,
	"$randomMimeType":          `[a-z-]+/[\w.+-]+`,
}

const (
	uuidShape     = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`
	dateShape     = `(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}:\d{2} GMT\+0000 \(Coordinated Universal Time\)`
	nameShape     = `[A-Z][A-Za-z']+`
	sentenceShape = `[A-Z][a-z]*( [a-z]+){2,9}\.`
	suffixShape   = `(biz|com|info|name|net|org)`
	userShape     = `[A-Z][A-Za-z]+([._][A-Za-z]+\d{0,2}|\d{1,2})`
)

// Each value fits, and each name but the fixed image addresses and the clock
// gives more than one.
func TestDynamicShapes(t *testing.T) {
	t.Parallel()
	if n := len(vars.Names()); n != 118 || n != len(shapes) {
		t.Fatalf("%d names, %d shapes, want 118 of each", n, len(shapes))
	}
	clock := func() time.Time { return time.Date(2026, 3, 20, 19, 23, 28, 6e8, time.UTC) }
	d := vars.NewDynamic(rand.New(rand.NewPCG(1, 2)), clock)
	for _, name := range vars.Names() {
		shape := regexp.MustCompile(`\A(?:` + shapes[name] + `)\z`)
		seen := make(map[string]bool)
		for range 300 {
			v, ok := d.Value(name)
			text := vars.Text(v)
			if !ok || !shape.MatchString(text) {
				t.Errorf("%s: %q does not fit %s", name, text, shape)
				break
			}
			seen[text] = true
		}
		fixed := strings.HasSuffix(name, "imestamp") || strings.Contains(shapes[name], "placeimg") || strings.HasSuffix(name, "Uri")
		if len(seen) < 2 && !fixed {
			t.Errorf("%s is always %v", name, seen)
		}
	}
}

func TestDynamicIsDeterministic(t *testing.T) {
	t.Parallel()
	clock := func() time.Time { return time.Unix(1_700_000_000, 0) }
	values := func(seed uint64) []string {
		d := vars.NewDynamic(rand.New(rand.NewPCG(seed, 0)), clock)
		var list []string
		for _, name := range vars.Names() {
			v, _ := d.Value(name)
			list = append(list, vars.Text(v))
		}
		return list
	}
	if diff := cmp.Diff(values(7), values(7)); diff != "" {
		t.Errorf("the same seed gives other values:\n%s", diff)
	}
	if cmp.Equal(values(7), values(8)) {
		t.Error("another seed gives the same values")
	}
}

func TestDynamicDefaults(t *testing.T) {
	t.Parallel()
	d := vars.NewDynamic(nil, nil)
	a, _ := d.Value("$guid")
	b, _ := d.Value("$guid")
	if a == b {
		t.Errorf("two values of $guid are %v", a)
	}
	if _, ok := d.Value("$nope"); ok {
		t.Error("$nope has a value")
	}
	if _, ok := d.Value("guid"); ok {
		t.Error("a name without its $ has a value")
	}
}

func TestDynamicDates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 20, 19, 23, 28, 0, time.UTC)
	d := vars.NewDynamic(rand.New(rand.NewPCG(3, 4)), func() time.Time { return now })
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name      string
		low, high time.Duration
	}{
		{"$randomDatePast", -365 * day, -time.Second},
		{"$randomDateFuture", time.Second, 365 * day},
		{"$randomDateRecent", -day, -time.Second},
	} {
		for range 200 {
			v, _ := d.Value(tt.name)
			text, _, _ := strings.Cut(vars.Text(v), " (")
			at, err := time.Parse("Mon Jan 02 2006 15:04:05 GMT-0700", text)
			if err != nil {
				t.Fatal(err)
			}
			if away := at.Sub(now); away < tt.low-time.Second || away > tt.high+time.Second {
				t.Fatalf("%s: %s is %s away", tt.name, text, away)
			}
		}
	}
}

// An IBAN's digits and letters, read as one number, leave 1 when divided by
// 97 (ISO 13616).
func TestDynamicIBANChecksum(t *testing.T) {
	t.Parallel()
	d := vars.NewDynamic(rand.New(rand.NewPCG(5, 6)), nil)
	for range 500 {
		v, _ := d.Value("$randomBankAccountIban")
		iban := vars.Text(v)
		rest := 0
		for _, c := range iban[4:] + iban[:4] {
			n, err := strconv.ParseInt(string(c), 36, 0)
			if err != nil {
				t.Fatal(err)
			}
			if n > 9 {
				rest *= 10
			}
			rest = (rest*10 + int(n)) % 97
		}
		if rest != 1 {
			t.Fatalf("%s: remainder %d", iban, rest)
		}
	}
}
