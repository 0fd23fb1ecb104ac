#include "php_check/taint.h"

#include <algorithm>

namespace banyan::php {

TaintPath with_step(const TaintPath& path, FlowStep step) {
  const std::uint32_t length = path == nullptr ? 0 : path->length;
  if (length + 1 > TaintFlow::kStepsMax) return path;
  if (path != nullptr && path->step.place.offset == step.place.offset && path->step.file == step.file &&
      path->step.text == step.text) {
    return path;
  }
  return std::make_shared<const TaintStep>(TaintStep{std::move(step), path, length + 1});
}

std::vector<FlowStep> steps_of(const TaintPath& path) {
  std::vector<FlowStep> steps;
  for (const TaintStep* at = path.get(); at != nullptr; at = at->before.get()) steps.push_back(at->step);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

TaintPath joined_path(TaintPath path, const TaintPath& after) {
  for (const FlowStep& step : steps_of(after)) path = with_step(path, step);
  return path;
}

bool same_path(const TaintPath& a, const TaintPath& b) {
  const TaintStep* x = a.get();
  const TaintStep* y = b.get();
  for (; x != nullptr && y != nullptr && x != y; x = x->before.get(), y = y->before.get()) {
    if (x->step.file != y->step.file || x->step.place.offset != y->step.place.offset || x->step.text != y->step.text) {
      return false;
    }
  }
  return x == y;
}

Taint make_taint(TaintOrigin origin) {
  return std::make_shared<const std::vector<TaintOrigin>>(std::vector<TaintOrigin>{std::move(origin)});
}

// Of two ways from one origin the first that was found is kept, for each sink: a way that was cleaned for a sink is not
// the one to show for it.
Taint join_taints(const Taint& a, const Taint& b) {
  if (a == nullptr || a == b) return b;
  if (b == nullptr) return a;
  std::vector<TaintOrigin> both = *a;
  bool changed = false;
  for (TaintOrigin one : *b) {
    TaintOrigin* same = nullptr;
    for (TaintOrigin& known : both) {
      if (known.parameter != one.parameter) continue;
      one.dangerous &= static_cast<SinkMask>(~known.dangerous);
      same = &known;
    }
    if (one.dangerous == 0) continue;
    changed = true;
    if (both.size() < kOriginsMax) {
      both.push_back(std::move(one));
    } else if (same != nullptr) {
      same->dangerous |= one.dangerous;
    }
  }
  return changed ? std::make_shared<const std::vector<TaintOrigin>>(std::move(both)) : a;
}

Taint cleaned(const Taint& taint, SinkMask harmless) {
  if (taint == nullptr || harmless == 0) return taint;
  std::vector<TaintOrigin> left;
  for (TaintOrigin one : *taint) {
    one.dangerous &= static_cast<SinkMask>(~harmless);
    if (one.dangerous != 0) left.push_back(std::move(one));
  }
  return left.empty() ? nullptr : std::make_shared<const std::vector<TaintOrigin>>(std::move(left));
}

Taint with_step(const Taint& taint, const FlowStep& step) {
  if (taint == nullptr) return nullptr;
  std::vector<TaintOrigin> moved = *taint;
  for (TaintOrigin& one : moved) one.path = with_step(one.path, step);
  return std::make_shared<const std::vector<TaintOrigin>>(std::move(moved));
}

namespace {

// The same to the last byte of each place, and not only the same steps: callers copy them.
bool equal_paths(const TaintPath& a, const TaintPath& b) {
  if (!same_path(a, b)) return false;
  const TaintStep* x = a.get();
  const TaintStep* y = b.get();
  for (; x != y; x = x->before.get(), y = y->before.get()) {
    const Place& one = x->step.place;
    const Place& other = y->step.place;
    if (one.end != other.end || one.line != other.line || one.column != other.column) return false;
  }
  return true;
}

bool same_origins(const std::vector<TaintOrigin>& a, const std::vector<TaintOrigin>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const TaintOrigin& x, const TaintOrigin& y) {
    return x.parameter == y.parameter && x.dangerous == y.dangerous && equal_paths(x.path, y.path);
  });
}

}  // namespace

// Paths count for nothing here, so that loops settle: the first way stays.
bool same_taint(const Taint& a, const Taint& b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr || a->size() != b->size()) return false;
  return std::equal(a->begin(), a->end(), b->begin(), [](const TaintOrigin& x, const TaintOrigin& y) {
    return x.parameter == y.parameter && x.dangerous == y.dangerous;
  });
}

Value join(const Value& a, const Value& b) { return {join(a.type, b.type), join_taints(a.taint, b.taint)}; }

bool same_for_callers(const Summary& a, const Summary& b) {
  if (a.was_evaluated != b.was_evaluated || !(a.returned == b.returned) || !same_origins(a.to_return, b.to_return)) {
    return false;
  }
  return std::equal(a.sinks.begin(), a.sinks.end(), b.sinks.begin(), b.sinks.end(),
                    [](const ParameterSink& x, const ParameterSink& y) {
                      return x.parameter == y.parameter && x.sink == y.sink && x.name == y.name &&
                             equal_paths(x.path, y.path);
                    });
}

}  // namespace banyan::php
