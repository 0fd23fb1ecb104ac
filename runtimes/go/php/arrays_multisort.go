package php

// array_multisort(), after https://www.php.net/manual/en/function.array-multisort.php, and the sets that compare keys and
// values by callbacks.

// ArrayMultisort sorts several arrays as columns of one table; order and flags follow the array they are for.
func ArrayMultisort(array *Array, rest ...*Ref) bool {
	columns := []*Array{array}
	orders, flags := []int{SortAsc}, []int{SortRegular}
	for i, r := range rest {
		switch v := r.V.(type) {
		case *Array:
			columns, orders, flags = append(columns, v), append(orders, SortAsc), append(flags, SortRegular)
		case int:
			if v == SortAsc || v == SortDesc {
				orders[len(orders)-1] = v
			} else {
				flags[len(flags)-1] = v
			}
		default:
			ThrowTypeError("array_multisort(): Argument #" + ToString(i+2) + " must be an array or a sort flag")
		}
	}
	rows := make([][]entry, len(columns))
	for i, c := range columns {
		if c.Len() != array.Len() {
			ThrowValueError("Array sizes are inconsistent")
		}
		rows[i] = c.pairs()
	}
	compares := make([]func(a, b Value) int, len(columns))
	for i := range columns {
		compares[i] = comparison(flags[i])
	}
	stableSort(array.Len(), func(x, y int) int {
		for i := range columns {
			c := compares[i](Deref(rows[i][x].val), Deref(rows[i][y].val))
			if orders[i] == SortDesc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}, func(order []int) {
		for i, c := range columns {
			sorted := make([]entry, len(order))
			for to, from := range order {
				sorted[to] = rows[i][from]
			}
			c.renumber(sorted)
		}
	})
	return true
}

// ArrayUdiffUassoc is array_udiff_uassoc().
func ArrayUdiffUassoc(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_udiff_uassoc", keys: true, values: true}, array, rest, true, true)
}

// ArrayIntersectUassoc is array_intersect_uassoc().
func ArrayIntersectUassoc(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_intersect_uassoc", intersect: true, keys: true, values: true}, array, rest, false, true)
}

// ArrayUintersectAssoc is array_uintersect_assoc().
func ArrayUintersectAssoc(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_uintersect_assoc", intersect: true, keys: true, values: true}, array, rest, true, false)
}

// ArrayUintersectUassoc is array_uintersect_uassoc().
func ArrayUintersectUassoc(array *Array, rest ...Value) *Array {
	return callbackSet(setRule{function: "array_uintersect_uassoc", intersect: true, keys: true, values: true}, array, rest, true, true)
}
