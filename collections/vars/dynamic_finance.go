package vars

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/brianvoe/gofakeit/v7/data"
)

var (
	currencyCodes = data.Currency["short"]
	currencyNames = data.Currency["long"]

	currencySymbols = []string{"$", "£", "€", "¥", "₩", "₪", "₦", "₫", "฿", "₱", "₭", "₮", "₴", "₡", "៛", "؋", "ƒ", "﷼",
		"₨", "лв", "ден", "Дин.", "р.", "kr", "zł", "Kč", "Ft", "Lek", "Rp", "RM", "R$", "B/.", "Gs", "S/.", "Bs", "C$",
		"L", "Q", "R", "S", "P", "KM", "kn", "lei", "Lt", "Ls", "CHF", "NT$", "TT$", "BZ$", "RD$", "J$", "Z$"}

	accountTypes = []string{"Auto Loan", "Checking", "Credit Card", "Home Loan", "Investment", "Money Market",
		"Personal Loan", "Savings"}
	transactionTypes = []string{"deposit", "invoice", "payment", "withdrawal"}

	// National account numbers by the IBAN registry: digits n, capitals a, both c.
	ibanFormats = strings.Fields(`AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BR23n1a1c CH5n12c CR18n
		CY8n16c CZ20n DE18n DK14n DO4c20n EE16n ES20n FI14n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c
		GT4c20c HR17n HU24n IE4a14n IL19n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LI5n12c LT16n
		LU3n13c LV4a13c MC10n11c2n MD2c18c ME18n MK3n10c2n MR23n MT4a5n18c MU4a19n3a NL4a10n NO11n PK4a16c
		PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n SA2n18c SE20n SI15n SK20n SM1a10n12c TN20n TR6n16c VG4a16n XK16n`)
)

func (d *Dynamic) price() string {
	return strconv.FormatFloat(float64(d.between(0, 100000))/100, 'f', 2, 64)
}

// bic is a bank identifier code: bank, country, location, maybe a branch.
func (d *Dynamic) bic() string {
	const vowels = "AEIOU"
	code := d.chars(capitals, 3) + d.chars(vowels, 1) + d.pick(countryCodes) + d.chars(capitals, 1) + "1"
	switch roll := d.rand.IntN(10); {
	case roll == 0:
		return code + d.chars(capitals, 1) + d.chars(vowels, 1) + d.chars(capitals, 1)
	case roll < 4:
		return code + d.chars(digits, 3)
	}
	return code
}

func (d *Dynamic) iban() string {
	format := d.pick(ibanFormats)
	country, account := format[:2], d.account(format[2:])
	return fmt.Sprintf("%s%02d%s", country, 98-mod97(account+country+"00"), account)
}

// account fills a format such as 4a14n.
func (d *Dynamic) account(format string) string {
	var b strings.Builder
	n := 0
	for _, c := range format {
		switch c {
		case 'n':
			b.WriteString(d.chars(digits, n))
		case 'a':
			b.WriteString(d.chars(capitals, n))
		case 'c':
			b.WriteString(d.chars(digits+capitals, n))
		default:
			n = n*10 + int(c-'0')
			continue
		}
		n = 0
	}
	return b.String()
}

// mod97 is ISO 7064's remainder, where a letter counts as 10 to 35.
func mod97(s string) int {
	m := 0
	for _, c := range s {
		if c >= 'A' {
			m = (m*100 + int(c-'A') + 10) % 97
		} else {
			m = (m*10 + int(c-'0')) % 97
		}
	}
	return m
}

// bitcoin has the shape of a legacy address; its checksum does not hold.
func (d *Dynamic) bitcoin() string {
	const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	return d.chars("13", 1) + d.chars(base58, d.between(24, 33))
}
