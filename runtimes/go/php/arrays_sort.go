package php

import (
	"strings"
)

// The sort family, after https://www.php.net/manual/en/array.sorting.php. PHP 8 sorts stably, by insertion for up to 16
// elements and otherwise by a hybrid; a comparison that is no order gives the same result only if the same algorithm
// runs, so it is followed here step by step.

// comparison is how sort flags compare two values.
func comparison(flags int) func(a, b Value) int {
	fold := flags&SortFlagCase != 0
	switch flags &^ SortFlagCase {
	case SortNumeric:
		// The difference of two infinities is NAN, so that they are not equal.
		return func(a, b Value) int { return compareFloats(ToFloat(a)-ToFloat(b), 0) }
	case SortString, SortLocaleString:
		if fold {
			return func(a, b Value) int { return caseCompare(ToString(a), ToString(b)) }
		}
		return func(a, b Value) int { return strings.Compare(ToString(a), ToString(b)) }
	case SortNatural:
		return func(a, b Value) int { return naturalCompare(ToString(a), ToString(b), fold) }
	}
	return casesApart()
}

// casesApart is Compare, but that cases of enums, which have no order, are put together behind all else.
func casesApart() func(a, b Value) int {
	numbers := map[Value]int{}
	number := func(v Value) int {
		if !isCase(v) {
			return 0
		}
		if numbers[v] == 0 {
			numbers[v] = len(numbers) + 1
		}
		return numbers[v]
	}
	return func(a, b Value) int {
		result := Compare(a, b)
		if result <= 0 || !isCase(Deref(b)) {
			return result
		}
		return number(Deref(a)) - number(Deref(b))
	}
}

// stableSort sorts n elements stably by compare over their first places, and hands the order over.
func stableSort(n int, compare func(i, j int) int, apply func(order []int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	zendSort(order, func(i, j int) int {
		if c := compare(i, j); c != 0 {
			return c
		}
		return i - j
	})
	apply(order)
}

// zendSort is zend_sort(): insertion sort for up to 16 elements, else a quicksort with a pivot of 3 or 5 samples.
func zendSort(a []int, compare func(i, j int) int) {
	for len(a) > 16 {
		n := len(a)
		half := n >> 1
		if n>>10 != 0 {
			sortSamples(a, compare, 0, half>>1, half, half+half>>1, n-1)
		} else {
			sortSamples(a, compare, 0, half, n-1)
		}
		a[1], a[half] = a[half], a[1]
		i := partition(a, compare)
		a[1], a[i-1] = a[i-1], a[1]
		if i-1 < n-i {
			zendSort(a[:i-1], compare)
			a = a[i:]
		} else {
			zendSort(a[i:], compare)
			a = a[:i-1]
		}
	}
	zendInsertSort(a, compare)
}

func sortSamples(a []int, compare func(i, j int) int, at ...int) {
	var values [5]int
	for i, p := range at {
		values[i] = a[p]
	}
	sortFew(values[:len(at)], compare)
	for i, p := range at {
		a[p] = values[i]
	}
}

// partition gives where what is greater than the pivot a[1] begins, after moving it there.
func partition(a []int, compare func(i, j int) int) int {
	i, j := 2, len(a)-1
	for {
		for compare(a[1], a[i]) > 0 {
			i++
			if i == j {
				return i
			}
		}
		j--
		if j == i {
			return i
		}
		for compare(a[j], a[1]) > 0 {
			j--
			if j == i {
				return i
			}
		}
		a[i], a[j] = a[j], a[i]
		i++
		if i == j {
			return i
		}
	}
}

// sortFew is zend_sort_2() to zend_sort_5().
func sortFew(a []int, compare func(i, j int) int) {
	n := len(a)
	if n > 3 {
		sortFew(a[:n-1], compare)
		for i := n - 1; i > 0 && compare(a[i-1], a[i]) > 0; i-- {
			a[i-1], a[i] = a[i], a[i-1]
		}
		return
	}
	if n == 2 && compare(a[0], a[1]) > 0 {
		a[0], a[1] = a[1], a[0]
	}
	if n == 3 {
		sortThree(a, compare)
	}
}

func sortThree(a []int, compare func(i, j int) int) {
	if compare(a[0], a[1]) <= 0 {
		if compare(a[1], a[2]) <= 0 {
			return
		}
		a[1], a[2] = a[2], a[1]
		if compare(a[0], a[1]) > 0 {
			a[0], a[1] = a[1], a[0]
		}
		return
	}
	if compare(a[2], a[1]) <= 0 {
		a[0], a[2] = a[2], a[0]
		return
	}
	a[0], a[1] = a[1], a[0]
	if compare(a[1], a[2]) > 0 {
		a[1], a[2] = a[2], a[1]
	}
}

// zendInsertSort is zend_insert_sort(): one step back at a time at first, then two.
func zendInsertSort(a []int, compare func(i, j int) int) {
	if len(a) <= 5 {
		sortFew(a, compare)
		return
	}
	for i := 1; i < len(a); i++ {
		if compare(a[i-1], a[i]) <= 0 {
			continue
		}
		x, at := a[i], 0
		if i < 6 {
			at = stepBack(a, i, compare)
		} else {
			at = leapBack(a, i, compare)
		}
		copy(a[at+1:i+1], a[at:i])
		a[at] = x
	}
}

func stepBack(a []int, i int, compare func(i, j int) int) int {
	j := i - 1
	for j > 0 {
		j--
		if compare(a[j], a[i]) <= 0 {
			return j + 1
		}
	}
	return j
}

func leapBack(a []int, i int, compare func(i, j int) int) int {
	j := i - 1
	for {
		j -= 2
		if compare(a[j], a[i]) <= 0 {
			j++
			if compare(a[j], a[i]) <= 0 {
				j++
			}
			return j
		}
		if j == 0 {
			return 0
		}
		if j == 1 {
			if compare(a[i], a[0]) > 0 {
				return 1
			}
			return 0
		}
	}
}

// sortArray sorts the array in place by its elements; renumber gives new keys.
func sortArray(array *Array, renumber bool, compare func(a, b *entry) int) {
	all := array.pairs()
	stableSort(len(all), func(i, j int) int { return compare(&all[i], &all[j]) }, func(order []int) {
		sorted := make([]entry, len(all))
		for i, p := range order {
			sorted[i] = entry{key: all[p].key, val: ownCopy(all[p].val)}
		}
		array.replace(sorted, renumber)
	})
}

func byValue(flags int) func(a, b *entry) int {
	compare := comparison(flags)
	return func(a, b *entry) int { return compare(Deref(a.val), Deref(b.val)) }
}

func byKey(flags int) func(a, b *entry) int {
	compare := comparison(flags)
	return func(a, b *entry) int { return compare(a.key.Value(), b.key.Value()) }
}

func reversed(compare func(a, b *entry) int) func(a, b *entry) int {
	return func(a, b *entry) int { return -compare(a, b) }
}

// Sort is sort().
func Sort(array *Array, flags int) bool {
	sortArray(array, true, byValue(flags))
	return true
}

// Rsort is rsort().
func Rsort(array *Array, flags int) bool {
	sortArray(array, true, reversed(byValue(flags)))
	return true
}

// Asort is asort().
func Asort(array *Array, flags int) bool {
	sortArray(array, false, byValue(flags))
	return true
}

// Arsort is arsort().
func Arsort(array *Array, flags int) bool {
	sortArray(array, false, reversed(byValue(flags)))
	return true
}

// Ksort is ksort().
func Ksort(array *Array, flags int) bool {
	sortArray(array, false, byKey(flags))
	return true
}

// Krsort is krsort().
func Krsort(array *Array, flags int) bool {
	sortArray(array, false, reversed(byKey(flags)))
	return true
}

// Natsort is natsort().
func Natsort(array *Array) bool { return Asort(array, SortNatural) }

// Natcasesort is natcasesort().
func Natcasesort(array *Array) bool { return Asort(array, SortNatural|SortFlagCase) }

func userSort(name string, array *Array, callback *Closure, keys, renumber bool) bool {
	compare := namedComparison(name, callback)
	var thrown any // the sort goes on without the callback, then the exception does
	asked := compare
	compare = func(a, b Value) (result int) {
		if thrown != nil {
			return 0
		}
		defer func() {
			if r := recover(); r != nil {
				thrown, result = r, 0
			}
		}()
		return asked(a, b)
	}
	defer func() {
		if thrown != nil {
			panic(thrown)
		}
	}()
	sortArray(array, renumber, func(a, b *entry) int {
		if keys {
			return compare(a.key.Value(), b.key.Value())
		}
		return compare(Deref(a.val), Deref(b.val))
	})
	return true
}

// namedComparison is a comparison by a callback; one that gives booleans is asked the other way round as well, as PHP
// does for callbacks of old.
func namedComparison(name string, callback *Closure) func(a, b Value) int {
	warned := false
	return func(a, b Value) int {
		result := callback.Call(Copy(a), Copy(b))
		if r, ok := result.(bool); ok {
			if !warned {
				Deprecated(name + "(): Returning bool from comparison function is deprecated, return an integer less than," +
					" equal to, or greater than zero")
				warned = true
			}
			if r {
				return 1
			}
			if ToBool(callback.Call(Copy(b), Copy(a))) {
				return -1
			}
			return 0
		}
		return sign(ToInt(result))
	}
}

// Usort is usort().
func Usort(array *Array, callback *Closure) bool {
	return userSort("usort", array, callback, false, true)
}

// Uasort is uasort().
func Uasort(array *Array, callback *Closure) bool {
	return userSort("uasort", array, callback, false, false)
}

// Uksort is uksort().
func Uksort(array *Array, callback *Closure) bool {
	return userSort("uksort", array, callback, true, false)
}
