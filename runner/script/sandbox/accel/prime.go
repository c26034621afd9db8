//go:build amd64 || arm64

package accel

import (
	"math/big"
	"sync"
)

// isPrime reports whether x, a large number, is probably prime, by the given
// number of rounds of the Miller-Rabin test.
func isPrime(x *big.Int, rounds int) bool {
	if x.Bit(0) == 0 {
		return false
	}
	rest := new(big.Int)
	for _, product := range smallPrimes() {
		r := rest.Mod(x, product.all).Uint64()
		for _, p := range product.primes {
			if r%p == 0 {
				return false
			}
		}
	}
	return x.ProbablyPrime(rounds)
}

// smallPrimes are the odd primes below 1000, in groups whose product fits in 64
// bits. Most numbers are not prime, and most of those have one of these as a
// divisor.
var smallPrimes = sync.OnceValue(func() []group { return groups(primesBelow(1000)) })

type group struct {
	all    *big.Int
	primes []uint64
}

func groups(primes []uint64) (all []group) {
	product, first := uint64(1), 0
	for i, p := range primes {
		if product > (1<<63)/p {
			all = append(all, group{new(big.Int).SetUint64(product), primes[first:i]})
			product, first = 1, i
		}
		product *= p
	}
	return append(all, group{new(big.Int).SetUint64(product), primes[first:]})
}

func primesBelow(n uint64) (primes []uint64) {
next:
	for p := uint64(3); p < n; p += 2 {
		for _, q := range primes {
			if p%q == 0 {
				continue next
			}
		}
		primes = append(primes, p)
	}
	return primes
}
