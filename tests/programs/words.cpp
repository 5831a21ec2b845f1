// A benchmark of std::map: words are counted, found, ordered and erased.
#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

class Random {
 public:
  unsigned operator()(unsigned below) {
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 8) % below;
  }

 private:
  unsigned state_ = 7;
};

std::string word(Random& random) {
  std::string text;
  for (unsigned i = 1 + random(4); i != 0; --i) text += static_cast<char>('a' + random(8));
  return text;
}

}  // namespace

int main() {
  Random random;
  std::map<std::string, unsigned> counts;
  for (unsigned i = 0; i < 40000; ++i) ++counts[word(random)];
  std::vector<std::pair<unsigned, std::string>> order;
  for (const auto& [text, count] : counts) order.emplace_back(count, text);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (unsigned i = 0; i < 5; ++i) std::cout << order[i].second << ' ' << order[i].first << '\n';
  unsigned found = 0;
  for (unsigned i = 0; i < 20000; ++i) found += counts.count(word(random));
  std::size_t erased = 0;
  for (auto at = counts.begin(); at != counts.end();) {
    if (at->second % 2 == 0) {
      at = counts.erase(at);
      ++erased;
    } else {
      ++at;
    }
  }
  std::ostringstream sum;
  sum << order.size() << " words, " << found << " found, " << erased << " erased, "
      << counts.size() << " left";
  std::cout << sum.str() << std::endl;
  return counts.empty() ? 1 : 0;
}
