// Everything a service needs to store its entities. Start with orm/schema.h (what an entity is), then orm/query.h
// (reading), orm/change.h (writing) and orm/database.h (transactions, hooks). docs/orm.md shows a whole service.
#pragma once

#include "orm/change.h"
#include "orm/database.h"
#include "orm/query.h"
