package vars

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

const imageURL = "http://placeimg.com/640/480"

// imageData is a grey rectangle that prints its size.
var imageData = "data:image/svg+xml;charset=UTF-8," + strings.ReplaceAll(url.QueryEscape(
	`<svg xmlns="http://www.w3.org/2000/svg" version="1.1" baseProfile="full" width="640" height="480">`+
		`<rect width="100%" height="100%" fill="grey"/>`+
		`<text x="320" y="240" font-size="20" text-anchor="middle" fill="white">640x480</text></svg>`), "+", "%20")

var (
	domainSuffixes = []string{"biz", "com", "info", "name", "net", "org"}
	mailProviders  = []string{"gmail.com", "hotmail.com", "yahoo.com"}
	exampleDomains = []string{"example.com", "example.net", "example.org"}
)

func (d *Dynamic) ip() string {
	return d.several(func(d *Dynamic) string { return strconv.Itoa(d.between(0, 255)) }, 4, ".")
}

func (d *Dynamic) ipv6() string {
	return d.several(func(d *Dynamic) string { return d.chars(hexits, 4) }, 8, ":")
}

func (d *Dynamic) mac() string {
	return d.several(func(d *Dynamic) string { return d.chars(hexits, 2) }, 6, ":")
}

// hexColor stays in the darker half, as Postman's does.
func (d *Dynamic) hexColor() string {
	return fmt.Sprintf("#%02x%02x%02x", d.between(0, 128), d.between(0, 128), d.between(0, 128))
}

func (d *Dynamic) userName() string {
	name := d.pick(firstNames)
	if d.rand.IntN(3) == 0 {
		return plain(name) + strconv.Itoa(d.between(0, 99))
	}
	name += d.chars("._", 1) + d.pick(lastNames)
	if d.chance(50) {
		name += strconv.Itoa(d.between(0, 99))
	}
	return plain(name)
}

// plain drops what does not belong in an account or host name.
func plain(name string) string { return strings.NewReplacer("'", "", " ", "").Replace(name) }

func (d *Dynamic) email(domains []string) string { return d.userName() + "@" + d.pick(domains) }

func (d *Dynamic) domainWord() string { return strings.ToLower(plain(d.pick(firstNames))) }

func (d *Dynamic) domain() string { return d.domainWord() + "." + d.pick(domainSuffixes) }

func (d *Dynamic) url() string {
	return d.pick([]string{"http", "https"}) + "://" + d.domain()
}

func (d *Dynamic) avatar() string {
	return "https://cdn.fakercloud.com/avatars/" + strings.ToLower(d.userName()) + "_128.jpg"
}

func (d *Dynamic) userAgent() string {
	platform := d.pick([]string{
		"Windows NT 10.0; Win64; x64", "Windows NT 6.1; WOW64", "Macintosh; Intel Mac OS X 10_15_7",
		"X11; Linux x86_64", "X11; Linux i686",
	})
	webkit := fmt.Sprintf("%d.%d.%d", d.between(531, 538), d.between(0, 2), d.between(0, 2))
	switch d.rand.IntN(4) {
	case 0:
		version := strconv.Itoa(d.between(78, 140)) + ".0"
		return "Mozilla/5.0 (" + platform + "; rv:" + version + ") Gecko/20100101 Firefox/" + version
	case 1:
		return fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/%s (KHTML, like Gecko) Version/%d.%d Safari/%s",
			platform, webkit, d.between(9, 18), d.between(0, 6), webkit)
	case 2:
		return fmt.Sprintf("Opera/%d.%d (%s) Presto/2.9.%d Version/%d.00",
			d.between(9, 14), d.between(0, 99), platform, d.between(160, 190), d.between(10, 12))
	}
	return fmt.Sprintf("Mozilla/5.0 (%s) AppleWebKit/%s (KHTML, like Gecko) Chrome/%d.0.%d.0 Safari/%s",
		platform, webkit, d.between(80, 140), d.between(3000, 7000), webkit)
}
