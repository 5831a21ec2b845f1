// Names of objects: found as given or without regard to case, in the order they came; paths.
#include "kernel/ob/name_directory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

namespace {

ObpName view(const std::wstring& text) { return {text.data(), static_cast<ULONG>(text.size())}; }

TEST(NameDirectory, NamesDifferInCase) {
  const std::wstring lower = L"shrmem", upper = L"SHRMEM", other = L"shrmem2";
  ObpNameEntry first = {nullptr, view(lower)}, second = {nullptr, view(upper)};
  ObpNameDirectory directory;
  directory.insert(first);
  EXPECT_EQ(directory.find(view(lower), false), &first);
  EXPECT_EQ(directory.find(view(upper), false), nullptr);
  EXPECT_EQ(directory.find(view(upper), true), &first);
  directory.insert(second);
  EXPECT_EQ(directory.find(view(upper), false), &second);
  EXPECT_EQ(directory.find(view(upper), true), &first) << "the one that came first";
  EXPECT_EQ(directory.find(view(other), true), nullptr);
  directory.remove(first);
  EXPECT_EQ(directory.find(view(lower), false), nullptr);
  EXPECT_EQ(directory.find(view(lower), true), &second);
}

TEST(NameDirectory, CapitalsAreLatin1s) {
  EXPECT_EQ(NlsUpcase(L'a'), L'A');
  EXPECT_EQ(NlsUpcase(L'{'), L'{');
  EXPECT_EQ(NlsUpcase(0xE4), 0xC4);
  EXPECT_EQ(NlsUpcase(0xF7), 0xF7) << "the division sign";
  EXPECT_EQ(NlsUpcase(0xFF), 0xFF);
  EXPECT_EQ(NlsUpcase(0x3B1), 0x3B1);
}

TEST(NameDirectory, PathsComeApart) {
  const std::wstring text = L"one\\two\\";
  ObpName path = view(text), component = {};
  const auto component_is = [&](const wchar_t* expected) {
    return std::wstring(component.text, component.length) == expected;
  };
  EXPECT_TRUE(ObpNextComponent(path, component));
  EXPECT_TRUE(component_is(L"one"));
  EXPECT_TRUE(ObpNextComponent(path, component));
  EXPECT_TRUE(component_is(L"two"));
  EXPECT_FALSE(ObpNextComponent(path, component)) << "nothing behind the last separator";
  EXPECT_TRUE(component_is(L""));
  EXPECT_EQ(path.length, 0u);
}

TEST(NameDirectory, AgreesWithAMapUnderRandomUse) {
  std::mt19937 random(5);
  struct Named {
    std::wstring text;
    ObpNameEntry entry;
  };
  std::map<std::wstring, std::unique_ptr<Named>> names;
  ObpNameDirectory directory;
  for (unsigned step = 0; step < 20000; ++step) {
    std::wstring text(1 + random() % 3, L' ');
    for (wchar_t& c : text) c = L"abcABC"[random() % 6];
    const auto there = names.find(text);
    ObpNameEntry* found = directory.find(view(text), false);
    ASSERT_EQ(found, there == names.end() ? nullptr : &there->second->entry);
    if (there == names.end()) {
      auto named = std::make_unique<Named>(Named{text, {}});
      named->entry.Name = view(named->text);
      directory.insert(named->entry);
      names.emplace(text, std::move(named));
    } else if (random() % 2 == 0) {
      directory.remove(there->second->entry);
      names.erase(there);
    }
  }
}

}  // namespace
