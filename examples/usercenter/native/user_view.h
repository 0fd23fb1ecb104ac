// A user as JSON, as the apps know it: score and active went out as strings from the first day, and settings as [] when
// empty; the apps rely on all three.
#pragma once

#include <string>
#include <vector>

#include "entities.h"
#include "json/write.h"

namespace usercenter {

void write_user(banyan::json::Writer& writer, const User& user);
// In a batch a user is shorter, and every value is a string.
void write_batch_user(banyan::json::Writer& writer, const User& user);

// "user,editor" is two.
std::vector<std::string> roles_of(const User& user);
// The settings as JSON text.
std::string settings_of(const User& user);

}  // namespace usercenter
