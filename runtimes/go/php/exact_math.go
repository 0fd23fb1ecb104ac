package php

import "math"

// The elementary functions with twice the usual digits inside, so that the result is the float nearest to the true one,
// as it is with the libm that PHP calls nearly always. Go's own differ in the last bits, pow() in more than those.
//
// Numbers are sums of two floats (Dekker, "A floating-point technique for extending the available precision", 1971).

type double struct{ hi, lo float64 }

var (
	ln2    = double{0.6931471805599453, 2.3190468138462996e-17}
	ln10   = double{2.302585092994046, -2.1707562233822494e-16}
	halfPi = [3]float64{1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33}
)

func quickTwoSum(a, b float64) double {
	s := a + b
	return double{s, b - (s - a)}
}

func twoSum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

func twoProduct(a, b float64) double {
	p := a * b
	return double{p, math.FMA(a, b, -p)}
}

func (a double) plus(b double) double {
	s, t := twoSum(a.hi, b.hi), twoSum(a.lo, b.lo)
	s = quickTwoSum(s.hi, s.lo+t.hi)
	return quickTwoSum(s.hi, s.lo+t.lo)
}

func (a double) negative() double { return double{-a.hi, -a.lo} }

func (a double) minus(b double) double { return a.plus(b.negative()) }

func (a double) times(b double) double {
	p := twoProduct(a.hi, b.hi)
	return quickTwoSum(p.hi, p.lo+(a.hi*b.lo+a.lo*b.hi))
}

func (a double) over(b double) double {
	q := a.hi / b.hi
	r := a.minus(b.times(double{q, 0}))
	q2 := r.hi / b.hi
	r = r.minus(b.times(double{q2, 0}))
	return quickTwoSum(q, q2).plus(double{r.hi / b.hi, 0})
}

func (a double) float() float64 { return a.hi + a.lo }

// expm1Scaled gives e^a as (1 + s) * 2^k.
func expm1Scaled(a double) (s double, k int) {
	n := math.Round(a.hi / ln2.hi)
	r := a.minus(ln2.times(double{n, 0}))
	r = double{r.hi / 256, r.lo / 256}
	term, s := r, r
	for i := 2.0; i < 11; i++ {
		term = term.times(r).over(double{i, 0})
		s = s.plus(term)
	}
	for i := 0; i < 8; i++ {
		s = double{2 * s.hi, 2 * s.lo}.plus(s.times(s))
	}
	return s, int(n)
}

func expDouble(a double) double {
	s, k := expm1Scaled(a)
	e := double{1, 0}.plus(s)
	return double{math.Ldexp(e.hi, k), math.Ldexp(e.lo, k)}
}

// logDouble is the logarithm of a positive number that is neither tiny nor infinite.
func logDouble(x double) double {
	y := math.Log(x.hi)
	s, k := expm1Scaled(double{-y, 0})
	z := x.times(double{1, 0}.plus(s))
	z = double{math.Ldexp(z.hi, k), math.Ldexp(z.lo, k)}.minus(double{1, 0})
	return double{y, 0}.plus(z).minus(z.times(z).times(double{0.5, 0}))
}

// outside says that Go's function serves: zeros, infinities, NaN and what is close to the limits.
func outside(f float64) bool {
	return f == 0 || math.IsNaN(f) || math.Abs(f) > 1e300 || math.Abs(f) < 1e-290
}

func exactExp(f float64) float64 {
	if outside(f) || f > 709 || f < -700 {
		return math.Exp(f)
	}
	return expDouble(double{f, 0}).float()
}

// logOf is the logarithm of a positive number. Those close to the limits are moved away from there: of what is below
// 2^-1022 Go's own logarithm is wrong.
func logOf(f float64) double {
	const steps = 200
	away := ln2.times(double{steps, 0})
	switch {
	case f < 1e-290:
		return logDouble(double{math.Ldexp(f, steps), 0}).minus(away)
	case f > 1e290:
		return logDouble(double{math.Ldexp(f, -steps), 0}).plus(away)
	}
	return logDouble(double{f, 0})
}

// hasLog says that logOf gives the logarithm of f, which is not 0.
func hasLog(f float64) bool { return f > 0 && f != 1 && !math.IsInf(f, 1) }

func exactLog(f float64) float64 {
	if !hasLog(f) {
		return math.Log(f)
	}
	return logOf(f).float()
}

// exactLog10 adds up, for f = m * 2^y, y*log10(2) in two parts and log(m)/ln(10), which is not always the nearest float:
// the C library that PHP calls does it so (fdlibm, e_log10.c).
func exactLog10(f float64) float64 {
	if !hasLog(f) {
		return math.Log10(f)
	}
	const log10Of2, log10Of2Rest, perLn10 = 3.01029995663611771306e-01, 3.69423907715893078616e-13, 4.34294481903251816668e-01
	m, exponent := math.Frexp(f)
	if exponent > 0 { // m below 1 for numbers below 1 only
		m, exponent = 2*m, exponent-1
	}
	y := float64(exponent)
	rest := float64(y*log10Of2Rest) + float64(perLn10*exactLog(m))
	return rest + float64(y*log10Of2)
}

func exactLog2(f float64) float64 {
	if !hasLog(f) {
		return math.Log2(f)
	}
	return logOf(f).over(ln2).float()
}

// exactPow is pow() of C.
func exactPow(x, y float64) float64 {
	if outside(x) || outside(y) || x == 1 || x < 0 && y != math.Trunc(y) || y == 1 || math.Abs(y) > 1e15 {
		return math.Pow(x, y)
	}
	exponent := logDouble(double{math.Abs(x), 0}).times(double{y, 0})
	if exponent.hi > 709 || exponent.hi < -700 {
		return math.Pow(x, y)
	}
	result := expDouble(exponent).float()
	if x < 0 && math.Mod(y, 2) != 0 {
		return -result
	}
	return result
}

// sineCosine is both of x, for |x| up to a million.
func sineCosine(x float64) (sine, cosine double) {
	k := math.Round(x / halfPi[0])
	r := double{x, 0}
	for _, part := range halfPi {
		r = r.minus(twoProduct(k, part))
	}
	square := r.times(r)
	sine, cosine = r, double{1, 0}
	term := r
	for i := 3.0; i < 30; i += 2 {
		term = term.times(square).over(double{-i * (i - 1), 0})
		sine = sine.plus(term)
	}
	term = double{1, 0}
	for i := 2.0; i < 30; i += 2 {
		term = term.times(square).over(double{-i * (i - 1), 0})
		cosine = cosine.plus(term)
	}
	switch int(math.Mod(math.Mod(k, 4)+4, 4)) {
	case 1:
		return cosine, sine.negative()
	case 2:
		return sine.negative(), cosine.negative()
	case 3:
		return cosine.negative(), sine
	}
	return sine, cosine
}

func far(f float64) bool { return outside(f) || math.Abs(f) > 1e6 || math.Abs(f) < 1e-8 }

func exactSin(f float64) float64 {
	if far(f) {
		return math.Sin(f)
	}
	s, _ := sineCosine(f)
	return s.float()
}

func exactCos(f float64) float64 {
	if far(f) {
		return math.Cos(f)
	}
	_, c := sineCosine(f)
	return c.float()
}

func exactTan(f float64) float64 {
	if far(f) {
		return math.Tan(f)
	}
	s, c := sineCosine(f)
	return s.over(c).float()
}

func exactAtan(f float64) float64 {
	if far(f) {
		return math.Atan(f)
	}
	y := math.Atan(f)
	s, c := sineCosine(y)
	x := double{f, 0}
	return double{y, 0}.plus(x.times(c).minus(s).over(c.plus(x.times(s)))).float()
}

func exactAtan2(y, x float64) float64 {
	if far(x) || far(y) {
		return math.Atan2(y, x)
	}
	a := math.Atan2(y, x)
	s, c := sineCosine(a)
	p, q := double{y, 0}, double{x, 0}
	return double{a, 0}.plus(p.times(c).minus(q.times(s)).over(q.times(c).plus(p.times(s)))).float()
}

func exactAsin(f float64) float64 {
	if far(f) || math.Abs(f) >= 1 {
		return math.Asin(f)
	}
	y := math.Asin(f)
	s, c := sineCosine(y)
	return double{y, 0}.plus(double{f, 0}.minus(s).over(c)).float()
}

func exactAcos(f float64) float64 {
	if far(f) || math.Abs(f) >= 1 {
		return math.Acos(f)
	}
	y := math.Acos(f)
	s, c := sineCosine(y)
	return double{y, 0}.plus(c.minus(double{f, 0}).over(s)).float()
}

func exactHypot(x, y float64) float64 {
	h := math.Hypot(x, y)
	if far(x) || far(y) {
		return h
	}
	rest := twoProduct(x, x).plus(twoProduct(y, y)).minus(twoProduct(h, h))
	return h + rest.hi/(2*h)
}
