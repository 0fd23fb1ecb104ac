// What is known of the places where answers differ, as the ledger keeps it: rows of (place, kind, count).
//
//   $.name   value                 52   comparisons of old and new differed there
//            twice               2044   requests of which the old side was asked twice
//   $.time   value, twice        2044   of them, those of which the two answers of the old side differed there
//   $.time   value, only new        3   ... and those where only the answers of old and new did
//   $.time   value, only old        1   ... or only those of the old side
//
// Pure.
#pragma once

#include <vector>

#include "answers/field_noise.h"
#include "ledger/places.h"

namespace banyan {

std::vector<PlaceCount> place_counts(const FieldNoise& noise);
// Rows of other kinds are passed over.
FieldNoise noise_of(const std::vector<PlaceCount>& rows);

}  // namespace banyan
