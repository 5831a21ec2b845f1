// The names in one object directory: chains by a hash that takes upper and lower case for the same.
// It knows nothing of objects, so that the host can test it.
#pragma once

#include "kernel/nt/upcase.hpp"

/// Counts characters, not bytes.
struct ObpName {
  const WCHAR* text;
  ULONG length;
};

constexpr bool ObpSameName(ObpName a, ObpName b, bool case_insensitive) {
  if (a.length != b.length) return false;
  for (ULONG i = 0; i < a.length; ++i) {
    const bool same =
        case_insensitive ? NlsUpcase(a.text[i]) == NlsUpcase(b.text[i]) : a.text[i] == b.text[i];
    if (!same) return false;
  }
  return true;
}

/// One name. Who owns it owns the text.
struct ObpNameEntry {
  ObpNameEntry* Next;
  ObpName Name;
};

class ObpNameDirectory {
 public:
  static constexpr ULONG bucket_count = 37;

  /// With `case_insensitive` the one that came first, of several that differ only in case.
  ObpNameEntry* find(ObpName name, bool case_insensitive) const {
    ObpNameEntry* entry = buckets_[bucket_of(name)];
    while (entry != nullptr && !ObpSameName(entry->Name, name, case_insensitive)) {
      entry = entry->Next;
    }
    return entry;
  }

  /// The name must not be there.
  void insert(ObpNameEntry& entry) {
    ObpNameEntry** link = &buckets_[bucket_of(entry.Name)];
    while (*link != nullptr) link = &(*link)->Next;
    entry.Next = nullptr;
    *link = &entry;
  }

  /// The entry must be there.
  void remove(ObpNameEntry& entry) {
    ObpNameEntry** link = &buckets_[bucket_of(entry.Name)];
    while (*link != &entry) link = &(*link)->Next;
    *link = entry.Next;
  }

 private:
  static ULONG bucket_of(ObpName name) {
    ULONG hash = 0;
    for (ULONG i = 0; i < name.length; ++i) hash = hash * 33 + NlsUpcase(name.text[i]);
    return hash % bucket_count;
  }

  ObpNameEntry* buckets_[bucket_count] = {};
};

/// Takes the first component off a path. True: a "\\" follows it, and `path` is what comes behind.
constexpr bool ObpNextComponent(ObpName& path, ObpName& component) {
  component = {path.text, 0};
  while (component.length < path.length && path.text[component.length] != L'\\') {
    ++component.length;
  }
  const bool more = component.length < path.length;
  const ULONG taken = component.length + (more ? 1 : 0);
  path = {path.text + taken, path.length - taken};
  return more;
}
