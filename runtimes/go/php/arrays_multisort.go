package php

// array_multisort(), after https://www.php.net/manual/en/function.array-multisort.php, and the sets that compare keys and
// values by callbacks.

// ArrayMultisort sorts several arrays as columns of one table; order and flags follow the array they are for.
func ArrayMultisort(array *Array, rest ...*Ref) bool {
	return multisort(append([]*Ref{{V: array}}, rest...))
}

func badMultisort(i int, complaint string) {
	place := "array_multisort(): Argument #" + ToString(i+1)
	if i == 0 {
		place += " ($array)"
	}
	ThrowTypeError(place + " " + complaint)
}

func multisort(arguments []*Ref) bool {
	var columns []*Array
	var orders, flags []int
	var orderGiven, flagGiven bool
	for i, r := range arguments {
		switch v := r.V.(type) {
		case *Array:
			columns, orders, flags = append(columns, v), append(orders, SortAsc), append(flags, SortRegular)
			orderGiven, flagGiven = false, false
		case int:
			again := "must be an array or a sort flag that has not already been specified"
			switch v &^ SortFlagCase {
			case SortAsc, SortDesc:
				if columns == nil || orderGiven {
					badMultisort(i, again)
				}
				orders[len(orders)-1], orderGiven = v, true
			case SortRegular, SortNumeric, SortString, SortNatural, SortLocaleString:
				if columns == nil || flagGiven {
					badMultisort(i, again)
				}
				flags[len(flags)-1], flagGiven = v, true
			default:
				ThrowValueError("array_multisort(): Argument #" + ToString(i+1) + " must be a valid sort flag")
			}
		default:
			badMultisort(i, "must be an array or a sort flag")
		}
	}
	array := columns[0]
	rows := make([][]entry, len(columns))
	for i, c := range columns {
		if c.Len() != array.Len() {
			ThrowValueError("Array sizes are inconsistent")
		}
		rows[i] = c.ownPairs()
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
