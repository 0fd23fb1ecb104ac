// The outline of a file: classes with their members, functions, constants.
#pragma once

#include "json/write.h"
#include "php_lsp/source_view.h"
#include "php_lsp/text_document.h"

namespace banyan::php {

// Writes the elements of a list of DocumentSymbol.
void write_document_symbols(const SourceView& view, const TextDocument& text, json::Writer& out);

}  // namespace banyan::php
