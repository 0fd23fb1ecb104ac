// The objects of a run that are there. A count of holders ends all but those that hold each other in circles; when a
// run is over, PHP ends them too: so that a program which answers many requests keeps nothing of one, neither memory
// nor connections.
#pragma once

#include <vector>

namespace banyan::php_runtime {

class Object;

class LiveObjects {
 public:
  LiveObjects() = default;
  LiveObjects(const LiveObjects&) = delete;
  LiveObjects& operator=(const LiveObjects&) = delete;
  void add(Object* o);
  void remove(const Object* o);

  // What the objects hold goes, and they with it: properties, what closures hold, generators where they stand. Circles
  // of PHP's own containers alone (an ArrayObject within itself) and of references to arrays stay.
  void let_go();

 private:
  std::vector<Object*> by_number_;  // null: free
};

// Those of this thread's run from now on; null: nobody keeps account. Gives what was before.
LiveObjects* use_live_objects(LiveObjects* objects);

// Ends the body of a generator where it stands (generator.cpp).
void leave_body(Object& generator);

}  // namespace banyan::php_runtime
