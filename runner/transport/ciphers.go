package transport

import (
	"crypto/tls"
	"slices"
	"strings"

	"postie/collections/regex"
)

// cipherSuites are those of a list in OpenSSL's language (openssl-ciphers(1)):
// names and keywords, each with "!", "-" or "+" before it. only13 reports that
// the list names suites of TLS 1.3, or such as Go does not have, and no others:
// OpenSSL offers those of TLS 1.3 beside any list, and Go uses all of those
// where it speaks TLS 1.3.
func cipherSuites(list []string) (ids []uint16, only13 bool) {
	var chosen, banned []uint16
	named13 := false
	words := strings.FieldsFunc(strings.Join(list, ":"), func(r rune) bool { return strings.ContainsRune(": ,;", r) })
	for _, word := range words {
		op := word[0]
		if op == '!' || op == '-' || op == '+' {
			word = word[1:]
		}
		// Order and security levels (@STRENGTH, DEFAULT@SECLEVEL=0) are not
		// Go's to change.
		if word, _, _ = strings.Cut(word, "@"); word == "" {
			continue
		}
		named13 = named13 || slices.ContainsFunc(tls.CipherSuites(), func(s *tls.CipherSuite) bool { return is13(s) && s.Name == word })
		found := matching(word)
		switch op {
		case '!':
			banned = append(banned, found...)
			chosen = without(chosen, found)
		case '-':
			chosen = without(chosen, found)
		case '+': // goes last: what is there stays
		default:
			chosen = append(without(chosen, found), without(found, banned)...)
			named13 = named13 || onlyOpenSSL(word)
		}
	}
	return chosen, named13 && len(chosen) == 0
}

func without(list, drop []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(list), func(id uint16) bool { return slices.Contains(drop, id) })
}

func is13(s *tls.CipherSuite) bool {
	return slices.Equal(s.SupportedVersions, []uint16{tls.VersionTLS13})
}

// matching are the suites that a word stands for: a name, or keywords joined
// by "+", all of which must fit.
func matching(word string) []uint16 {
	var out []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		switch {
		case is13(s):
		case s.Name == word, opensslName(s.Name) == word:
			return []uint16{s.ID}
		case fits(s, strings.Split(word, "+")):
			out = append(out, s.ID)
		}
	}
	return out
}

// fits reports whether all keywords fit a suite.
func fits(s *tls.CipherSuite, keywords []string) bool {
	name := s.Name
	if strings.Contains(name, "_RC4_") || strings.Contains(name, "_3DES_") {
		return false // by their names only: OpenSSL does not have them any more
	}
	return !slices.ContainsFunc(keywords, func(k string) bool {
		test := cipherKeywords[k]
		return test == nil || !test(name)
	})
}

// cipherKeywords are OpenSSL's that fit suites that Go knows, by Go's names.
// What fits none, such as eNULL, LOW or PSK, is not here.
var cipherKeywords = map[string]func(name string) bool{
	"ALL":     func(string) bool { return true },
	"DEFAULT": func(string) bool { return true },
	"HIGH":    func(string) bool { return true },

	"ECDHE":  ephemeral,
	"EECDH":  ephemeral,
	"kECDHE": ephemeral,
	"kEECDH": ephemeral,
	"ECDH":   ephemeral,
	"kRSA":   keyOfRSA,
	"RSA":    keyOfRSA,

	"aRSA":   func(name string) bool { return !strings.Contains(name, "_ECDSA_") },
	"ECDSA":  holds("_ECDSA_"),
	"aECDSA": holds("_ECDSA_"),

	"AES":      holds("_AES_"),
	"FIPS":     holds("_AES_"),
	"AES128":   holds("_AES_128_"),
	"AES256":   holds("_AES_256_"),
	"AESGCM":   holds("_GCM_"),
	"CHACHA20": holds("_CHACHA20_"),
	"CBC":      holds("_CBC_"),

	"SHA":    func(name string) bool { return strings.HasSuffix(name, "_SHA") },
	"SHA1":   func(name string) bool { return strings.HasSuffix(name, "_SHA") },
	"SHA256": func(name string) bool { return strings.HasSuffix(name, "_CBC_SHA256") },
	"SHA384": func(name string) bool { return strings.HasSuffix(name, "_CBC_SHA384") },

	"TLSv1.2": func(name string) bool { return !strings.HasSuffix(name, "_SHA") },
	"TLSv1.0": sinceTLS1,
	"TLSv1":   sinceTLS1,
	"SSLv3":   func(name string) bool { return keyOfRSA(name) && strings.HasSuffix(name, "_SHA") },

	"SUITEB128":     func(name string) bool { return suiteB(name, "128") || suiteB(name, "256") },
	"SUITEB128ONLY": func(name string) bool { return suiteB(name, "128") },
	"SUITEB192":     func(name string) bool { return suiteB(name, "256") },
}

// onlyOpenSSL reports whether a word stands for suites that OpenSSL has and Go
// has not: keywords that are all known, one of them foreign, or a suite's name.
func onlyOpenSSL(word string) bool {
	if foreignName().MatchString(word) {
		return true
	}
	keywords := strings.Split(word, "+")
	return slices.ContainsFunc(keywords, foreignKeyword) &&
		!slices.ContainsFunc(keywords, func(k string) bool { return cipherKeywords[k] == nil && !foreignKeyword(k) })
}

// foreignName matches the names of OpenSSL's suites that Go does not have.
var foreignName = regex.Lazy(`^(DHE|ADH|AECDH|(RSA-|DHE-|ECDHE-)?PSK|SRP|ECDHE-(RSA-|ECDSA-)?(AES(128|256)-CCM8?|ARIA\d+|CAMELLIA\d+)|ARIA\d+|CAMELLIA\d+|AES(128|256)-CCM8?)(-[A-Z0-9]+)*$`)

func foreignKeyword(word string) bool { return slices.Contains(foreignKeywords, word) }

// foreignKeywords are OpenSSL's that fit such suites alone, or besides others.
var foreignKeywords = strings.Fields(`DHE EDH kDHE kEDH DH ADH AECDH aNULL eNULL NULL COMPLEMENTOFALL AESCCM AESCCM8
	ARIA ARIA128 ARIA256 ARIAGCM CAMELLIA CAMELLIA128 CAMELLIA256 PSK aPSK kPSK kECDHEPSK kDHEPSK kRSAPSK SRP aSRP kSRP aDSS DSS MD5 SHA384`)

func holds(part string) func(string) bool {
	return func(name string) bool { return strings.Contains(name, part) }
}

func ephemeral(name string) bool { return strings.HasPrefix(name, "TLS_ECDHE_") }

func keyOfRSA(name string) bool { return strings.HasPrefix(name, "TLS_RSA_") }

func sinceTLS1(name string) bool { return ephemeral(name) && strings.HasSuffix(name, "_SHA") }

func suiteB(name, bits string) bool {
	return strings.HasPrefix(name, "TLS_ECDHE_ECDSA_WITH_AES_"+bits+"_GCM_")
}

// opensslName turns TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 into
// ECDHE-RSA-AES128-GCM-SHA256.
func opensslName(name string) string {
	return strings.NewReplacer("TLS_RSA_WITH_", "", "TLS_", "", "WITH_", "", "AES_128", "AES128", "AES_256", "AES256",
		"_CBC", "", "3DES_EDE", "DES-CBC3", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "_", "-").Replace(name)
}
