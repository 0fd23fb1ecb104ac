// SplHeap and its kin, after https://www.php.net/manual/en/class.splheap.php. A class that extends one may say by a
// method compare() what comes first.
#include "php_runtime/operators.h"
#include "php_runtime/spl_classes.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {
namespace {

constexpr Int kData = 1, kPriority = 2;

struct Item {
  Value value;
  Value priority;
};

class Heap : public Container {
 public:
  explicit Heap(Class* c) : Container(c), queue(c->is("SplPriorityQueue")) {}
  Object* clone() const override { return new Heap(*this); }

  std::vector<Property> shown() const override {
    const std::string_view declarer = queue ? "SplPriorityQueue" : "SplHeap";
    Array heap;
    for (const Item& item : items) {
      heap.append(queue ? Value(Array::map({"data", item.value, "priority", item.priority})) : item.value);
    }
    std::vector<Property> out = with_private("flags", declarer, queue ? flags : 0);
    out.push_back({"isCorrupted", "private", find_class(declarer), Value(corrupted), false});
    out.push_back({"heap", "private", find_class(declarer), Value(heap), false});
    return out;
  }

  void insert(Item item) {
    need_sound();
    const Change change(*this);
    items.push_back(std::move(item));
    try {
      rise(items.size() - 1);
    } catch (...) {
      corrupted = true;
      throw;
    }
  }

  Item take() {
    const Change change(*this);
    Item top = std::move(items.front());
    Item last = std::move(items.back());
    items.pop_back();
    if (items.empty()) return top;
    items.front() = std::move(last);
    try {
      sink();
    } catch (...) {
      corrupted = true;
      throw;
    }
    return top;
  }

  void need(std::string_view what) const {
    need_sound();
    if (items.empty()) raise(new_exception("RuntimeException", concat({"Can't ", what, " an empty heap"})));
  }

  // What a queue gives of an element, by its flags.
  Value given(const Item& item) const {
    if (!queue || flags == kData) return item.value;
    if (flags == kPriority) return item.priority;
    return Array::map({"data", item.value, "priority", item.priority});
  }

  std::vector<Item> items;
  bool queue;
  Int flags = kData;
  bool corrupted = false;
  bool changing = false;

 private:
  // A change, within which there may be no other, by order().
  struct Change {
    explicit Change(Heap& h) : heap(h) {
      if (heap.changing) {
        raise(new_exception("RuntimeException", "Heap cannot be changed when it is already being modified."));
      }
      heap.changing = true;
    }
    ~Change() { heap.changing = false; }
    Heap& heap;
  };

  void need_sound() const {
    if (corrupted) {
      raise(new_exception("RuntimeException", "Heap is corrupted, heap properties are no longer ensured."));
    }
  }

  // Positive where a comes out before b.
  Int order(const Item& a, const Item& b) {
    const Method* own = of().find_method("compare");
    if (own != nullptr && !own->owner->is_builtin)
      return to_int(call_method(*this, "compare", {a.priority, b.priority}));
    const Int c = compare(a.priority, b.priority);
    return of().is("SplMinHeap") ? -c : c;
  }

  void rise(std::size_t i) {
    for (; i > 0; i = (i - 1) / 2) {
      if (order(items[(i - 1) / 2], items[i]) >= 0) return;
      std::swap(items[(i - 1) / 2], items[i]);
    }
  }

  void sink() {
    const std::size_t n = items.size();
    std::size_t i = 0;
    for (std::size_t j = 1; j < n; j = 2 * i + 1) {
      if (j + 1 < n && order(items[j + 1], items[j]) > 0) ++j;
      if (order(items[i], items[j]) >= 0) return;
      std::swap(items[i], items[j]);
      i = j;
    }
  }
};

Heap& heap(const ObjectPtr& o) { return native<Heap>(o); }

// What heaps and queues have in common.
void add_common(Class& c) {
  c.make = make_native<Heap>;
  c.method(
      "extract", kPublic, +[](const ObjectPtr& o) {
        heap(o).need("extract from");
        return heap(o).given(heap(o).take());
      });
  c.method(
      "top", kPublic, +[](const ObjectPtr& o) {
        heap(o).need("peek at");
        return heap(o).given(heap(o).items.front());
      });
  c.method("count", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(heap(o).items.size()); });
  c.method("isEmpty", kPublic, +[](const ObjectPtr& o) { return heap(o).items.empty(); });
  c.method("rewind", kPublic, +[](const ObjectPtr&) {});
  c.method(
      "current", kPublic,
      +[](const ObjectPtr& o) { return heap(o).items.empty() ? Value() : heap(o).given(heap(o).items.front()); });
  c.method("key", kPublic, +[](const ObjectPtr& o) { return static_cast<Int>(heap(o).items.size()) - 1; });
  c.method(
      "next", kPublic, +[](const ObjectPtr& o) {
        if (!heap(o).items.empty()) heap(o).take();
      });
  c.method("valid", kPublic, +[](const ObjectPtr& o) { return !heap(o).items.empty(); });
  c.method(
      "recoverFromCorruption", kPublic, +[](const ObjectPtr& o) {
        heap(o).corrupted = false;
        return true;
      });
  c.method("isCorrupted", kPublic, +[](const ObjectPtr& o) { return heap(o).corrupted; });
}

}  // namespace

void declare_spl_heaps() {
  Class& base = new_spl_class("SplHeap", "", {"Iterator", "Countable"}, kAbstract);
  add_common(base);
  base.method(
          "insert", kPublic,
          +[](const ObjectPtr& o, Value v) {
            heap(o).insert({v, v});
            return true;
          })
      .named({"value"});
  base.method("compare", kProtected, nullptr);
  Class& least = new_spl_class("SplMinHeap", "SplHeap", {});
  least.method(
           "compare", kProtected, +[](const ObjectPtr&, Value a, Value b) { return compare(b, a); })
      .named({"value1", "value2"});
  Class& greatest = new_spl_class("SplMaxHeap", "SplHeap", {});
  greatest.method(
              "compare", kProtected, +[](const ObjectPtr&, Value a, Value b) { return compare(a, b); })
      .named({"value1", "value2"});

  Class& queue = new_spl_class("SplPriorityQueue", "", {"Iterator", "Countable"});
  add_common(queue);
  queue
      .method(
          "insert", kPublic,
          +[](const ObjectPtr& o, Value v, Value priority) {
            heap(o).insert({v, priority});
            return true;
          })
      .named({"value", "priority"});
  queue.constant("EXTR_BOTH", kPublic, +[] { return Value(kData | kPriority); });
  queue.constant("EXTR_PRIORITY", kPublic, +[] { return Value(kPriority); });
  queue.constant("EXTR_DATA", kPublic, +[] { return Value(kData); });
  queue.method("getExtractFlags", kPublic, +[](const ObjectPtr& o) { return heap(o).flags; });
  queue.method(
           "compare", kPublic, +[](const ObjectPtr&, Value a, Value b) { return compare(a, b); })
      .named({"priority1", "priority2"});
  queue
      .method(
          "setExtractFlags", kPublic,
          +[](const ObjectPtr& o, Int flags) {
            if ((flags & 3) == 0) raise(new_exception("RuntimeException", "Must specify at least one extract flag"));
            return heap(o).flags = flags & 3;
          })
      .named({"flags"});
}

}  // namespace banyan::php_runtime
