// What a function does besides giving back a value, as bits.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace banyan::php {

using Effects = std::uint32_t;

enum Effect : Effects {
  kEffectOutput = 1 << 0,  // echo, headers of the answer
  kEffectFileRead = 1 << 1,
  kEffectFileWrite = 1 << 2,
  kEffectNetwork = 1 << 3,
  kEffectDatabase = 1 << 4,
  kEffectProcess = 1 << 5,     // starts, signals or waits for processes
  kEffectGlobalRead = 1 << 6,  // global $a, $GLOBALS
  kEffectGlobalWrite = 1 << 7,
  kEffectSuperglobalRead = 1 << 8,  // $_GET and its like
  kEffectSuperglobalWrite = 1 << 9,
  kEffectSession = 1 << 10,
  kEffectStaticState = 1 << 11,  // static variables and properties
  kEffectTime = 1 << 12,
  kEffectRandom = 1 << 13,
  kEffectReferenceWrite = 1 << 14,  // writes through a by-reference parameter or keeps a reference
  kEffectObjectWrite = 1 << 15,     // writes a property
  kEffectThrow = 1 << 16,
  kEffectDynamicCode = 1 << 17,  // eval, computed names of functions, classes, variables; computed includes
  kEffectInclude = 1 << 18,
  kEffectExit = 1 << 19,
  kEffectSetting = 1 << 20,  // ini settings, locale, handlers, environment
  kEffectReflection = 1 << 21,
  kEffectUnknownCall = 1 << 22,  // calls what is not known, and so may do anything
};

inline constexpr std::array<std::string_view, 23> kEffectNames = {
    "output",      "file-read",    "file-write",       "network",           "database",    "process",
    "global-read", "global-write", "superglobal-read", "superglobal-write", "session",     "static-state",
    "time",        "random",       "reference-write",  "object-write",      "throw",       "dynamic-code",
    "include",     "exit",         "setting",          "reflection",        "unknown-call"};

inline constexpr Effects kAllEffects = (Effects{1} << kEffectNames.size()) - 1;

// The name of one bit.
std::string_view effect_name(Effects effect);

}  // namespace banyan::php
