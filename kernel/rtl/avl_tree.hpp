// A balanced tree of disjoint page ranges, intrusive: the algorithm behind the VADs.
// Speaks in page numbers only, so that the host's tests run the very code the kernel runs.
// (Adelson-Velsky and Landis: the heights of two siblings differ by one at most.)
#pragma once

#include "arch/integers.hpp"

/// `Node` has members StartingVpn, EndingVpn (inclusive), Parent, LeftChild, RightChild, Height.
template <class Node>
class RangeTree {
 public:
  using Vpn = arch::u32;

  Node* root() const { return root_; }
  bool empty() const { return root_ == nullptr; }
  arch::u32 size() const { return size_; }

  /// The range that holds `vpn`, or null.
  Node* find(Vpn vpn) const { return find_overlap(vpn, vpn); }

  /// Some range that has a page in common with [first, last], or null.
  Node* find_overlap(Vpn first, Vpn last) const {
    Node* node = root_;
    while (node != nullptr) {
      if (last < node->StartingVpn) {
        node = node->LeftChild;
      } else if (first > node->EndingVpn) {
        node = node->RightChild;
      } else {
        return node;
      }
    }
    return nullptr;
  }

  /// The lowest range that ends at or above `vpn`, or null.
  Node* at_or_above(Vpn vpn) const {
    Node* best = nullptr;
    for (Node* node = root_; node != nullptr;) {
      if (node->EndingVpn >= vpn) {
        best = node;
        node = node->LeftChild;
      } else {
        node = node->RightChild;
      }
    }
    return best;
  }

  Node* first() const { return root_ == nullptr ? nullptr : leftmost(root_); }
  Node* last() const { return root_ == nullptr ? nullptr : rightmost(root_); }

  static Node* next(Node* node) {
    if (node->RightChild != nullptr) return leftmost(node->RightChild);
    while (node->Parent != nullptr && node == node->Parent->RightChild) node = node->Parent;
    return node->Parent;
  }

  static Node* previous(Node* node) {
    if (node->LeftChild != nullptr) return rightmost(node->LeftChild);
    while (node->Parent != nullptr && node == node->Parent->LeftChild) node = node->Parent;
    return node->Parent;
  }

  /// The caller has made sure that the range overlaps no other.
  void insert(Node* node) {
    Node* parent = nullptr;
    for (Node* at = root_; at != nullptr;) {
      parent = at;
      at = node->StartingVpn < at->StartingVpn ? at->LeftChild : at->RightChild;
    }
    node->Parent = parent;
    node->LeftChild = node->RightChild = nullptr;
    node->Height = 1;
    if (parent == nullptr) {
      root_ = node;
    } else if (node->StartingVpn < parent->StartingVpn) {
      parent->LeftChild = node;
    } else {
      parent->RightChild = node;
    }
    ++size_;
    rebalance(parent);
  }

  void remove(Node* node) {
    --size_;
    if (node->LeftChild != nullptr && node->RightChild != nullptr) {
      Node* successor = leftmost(node->RightChild);
      Node* start = successor->Parent == node ? successor : successor->Parent;
      replace(successor, successor->RightChild);
      adopt_left(successor, node->LeftChild);
      adopt_right(successor, node->RightChild);
      successor->Height = node->Height;
      replace(node, successor);
      rebalance(start);
    } else {
      Node* parent = node->Parent;
      replace(node, node->LeftChild != nullptr ? node->LeftChild : node->RightChild);
      rebalance(parent);
    }
  }

  /// The lowest start of `pages` free pages inside [lowest, highest], a multiple of `alignment`.
  bool find_free_bottom_up(Vpn pages, Vpn alignment, Vpn lowest, Vpn highest, Vpn& start) const {
    Vpn candidate = align_up(lowest, alignment);
    for (Node* node = at_or_above(candidate); node != nullptr; node = next(node)) {
      if (node->StartingVpn > candidate && node->StartingVpn - candidate >= pages) break;
      if (node->EndingVpn >= highest) return false;
      if (node->EndingVpn >= candidate) candidate = align_up(node->EndingVpn + 1, alignment);
    }
    if (candidate > highest || highest - candidate + 1 < pages) return false;
    start = candidate;
    return true;
  }

  /// The highest such start.
  bool find_free_top_down(Vpn pages, Vpn alignment, Vpn lowest, Vpn highest, Vpn& start) const {
    Vpn end = highest + 1;  // one past the free space under consideration
    for (Node* node = last(); node != nullptr; node = previous(node)) {
      if (node->StartingVpn >= end) continue;
      if (node->EndingVpn < end && fits_below(end, pages, alignment, node->EndingVpn + 1, start)) {
        return start >= lowest;
      }
      end = node->StartingVpn;
    }
    return fits_below(end, pages, alignment, lowest, start);
  }

 private:
  static Vpn align_up(Vpn vpn, Vpn alignment) {
    return (vpn + alignment - 1) / alignment * alignment;
  }

  static bool fits_below(Vpn end, Vpn pages, Vpn alignment, Vpn lowest, Vpn& start) {
    if (end < pages) return false;
    const Vpn candidate = (end - pages) / alignment * alignment;
    if (candidate < lowest) return false;
    start = candidate;
    return true;
  }

  static Node* leftmost(Node* node) {
    while (node->LeftChild != nullptr) node = node->LeftChild;
    return node;
  }
  static Node* rightmost(Node* node) {
    while (node->RightChild != nullptr) node = node->RightChild;
    return node;
  }

  static int height(const Node* node) { return node == nullptr ? 0 : node->Height; }
  static int lean(const Node* node) { return height(node->LeftChild) - height(node->RightChild); }
  static void measure(Node* node) {
    const int left = height(node->LeftChild), right = height(node->RightChild);
    node->Height = static_cast<decltype(node->Height)>((left > right ? left : right) + 1);
  }

  static void adopt_left(Node* parent, Node* child) {
    parent->LeftChild = child;
    if (child != nullptr) child->Parent = parent;
  }
  static void adopt_right(Node* parent, Node* child) {
    parent->RightChild = child;
    if (child != nullptr) child->Parent = parent;
  }

  /// Puts `other` (or nothing) where `node` hangs.
  void replace(Node* node, Node* other) {
    Node* parent = node->Parent;
    if (parent == nullptr) {
      root_ = other;
    } else if (parent->LeftChild == node) {
      parent->LeftChild = other;
    } else {
      parent->RightChild = other;
    }
    if (other != nullptr) other->Parent = parent;
  }

  Node* rotate_right(Node* node) {
    Node* pivot = node->LeftChild;
    replace(node, pivot);
    adopt_left(node, pivot->RightChild);
    adopt_right(pivot, node);
    measure(node);
    measure(pivot);
    return pivot;
  }

  Node* rotate_left(Node* node) {
    Node* pivot = node->RightChild;
    replace(node, pivot);
    adopt_right(node, pivot->LeftChild);
    adopt_left(pivot, node);
    measure(node);
    measure(pivot);
    return pivot;
  }

  /// Restores heights and the balance from `node` up to the root.
  void rebalance(Node* node) {
    for (; node != nullptr; node = node->Parent) {
      measure(node);
      if (lean(node) > 1) {
        if (lean(node->LeftChild) < 0) rotate_left(node->LeftChild);
        node = rotate_right(node);
      } else if (lean(node) < -1) {
        if (lean(node->RightChild) > 0) rotate_right(node->RightChild);
        node = rotate_left(node);
      }
    }
  }

  Node* root_ = nullptr;
  arch::u32 size_ = 0;
};
