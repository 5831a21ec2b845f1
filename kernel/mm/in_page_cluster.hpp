// Clustering: which neighbours are read together with a page. Speaks in indices, so the host's
// tests run it as it is.
#pragma once

#include "arch/integers.hpp"

struct MiCluster {
  arch::u32 first, count;  // entries of the page table
};

/// Around entry `index` of a page table with `entries`: as many as lie one after another in the
/// paging file just as they do in memory, at most `limit`, what follows before what precedes.
/// `place(i)` is entry i's page in the file, 0 when it is not there.
template <class Place>
constexpr MiCluster MiChooseInPageCluster(arch::u32 index, arch::u32 entries, arch::u32 limit,
                                          Place place) {
  const arch::u32 wanted = place(index);
  MiCluster cluster = {index, 1};
  while (cluster.count < limit && index + cluster.count < entries &&
         place(index + cluster.count) == wanted + cluster.count) {
    ++cluster.count;
  }
  while (cluster.count < limit && cluster.first != 0) {
    const arch::u32 before = index - cluster.first + 1;
    if (before >= wanted || place(cluster.first - 1) != wanted - before) break;
    --cluster.first;
    ++cluster.count;
  }
  return cluster;
}
