package vars

import (
	"strconv"
	"strings"

	"github.com/brianvoe/gofakeit/v7/data"
)

var (
	countries      = data.Address["country"]
	countryCodes   = data.Address["country_abr"]
	cityNames      = data.Address["city"]
	cityPrefixes   = data.Address["street_prefix"] // North, Port, New …
	citySuffixes   = data.Address["street_suffix"] // ton, ville, shire …
	streetSuffixes = data.Address["street_name"]   // Avenue, Road …

	// The languages Postman picks a locale from.
	locales = strings.Fields(`af am an ar ast az be bg bh bn br bs ca ceb ckb co cs cy da de el en eo es et eu
		fa fi fil fo fr fy ga gd gl gn gu ha haw he hi hmn hr ht hu hy ia id ig is it ja jv ka kk km kn ko ku ky
		la lb ln lo lt lv mg mi mk ml mn mo mr ms mt my nb ne nl nn no ny oc om or pa pl ps pt qu rm ro ru sd sh
		si sk sl sm sn so sq sr st su sv sw ta te tg th ti tk to tr tt tw ug uk ur uz vi wa xh yi yo zh zu`)
)

func (d *Dynamic) city() string {
	switch d.rand.IntN(5) {
	case 0:
		return d.pick(cityPrefixes) + " " + d.pick(firstNames) + d.pick(citySuffixes)
	case 1:
		return d.pick(cityPrefixes) + " " + d.pick(firstNames)
	case 2:
		return d.pick(firstNames) + d.pick(citySuffixes)
	case 3:
		return d.pick(lastNames) + d.pick(citySuffixes)
	}
	return d.pick(cityNames)
}

func (d *Dynamic) street() string {
	names := firstNames
	if d.chance(50) {
		names = lastNames
	}
	return d.pick(names) + " " + d.pick(streetSuffixes)
}

func (d *Dynamic) streetAddress() string {
	return d.chars(digits, d.between(3, 5)) + " " + d.street()
}

// degrees is a coordinate from -limit to limit with four decimals.
func (d *Dynamic) degrees(limit float64) string {
	return strconv.FormatFloat((d.rand.Float64()*2-1)*limit, 'f', 4, 64)
}
