// Holds GoogleTest's precompiled header, which every module's test program reuses.
