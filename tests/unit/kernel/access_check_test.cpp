// ACLs: which are well formed, and what they allow to whom.
#include "kernel/se/access_check.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

/// An S-1-5-x with one sub-authority.
struct OneSid {
  SID sid;
};
constexpr OneSid sid_of(ULONG value) { return {{SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {value}}}; }

constexpr OneSid me = sid_of(1), my_group = sid_of(2), stranger = sid_of(3);
const SID* const my_sids[] = {&me.sid, &my_group.sid};
constexpr SeSubject myself = {my_sids, 2};

constexpr ACCESS_MASK generic = 0x80000000, read = 1, write = 2;

/// An ACL under construction.
struct Acl {
  std::vector<ULONG> words = std::vector<ULONG>(64);

  Acl() { head() = {ACL_REVISION, 0, sizeof(ACL), 0, 0}; }
  ACL& head() { return *reinterpret_cast<ACL*>(words.data()); }
  UCHAR* at(ULONG offset) { return reinterpret_cast<UCHAR*>(words.data()) + offset; }
  KNOWN_ACE& add(UCHAR type, ACCESS_MASK mask, const OneSid& sid, UCHAR flags = 0) {
    auto& ace = *reinterpret_cast<KNOWN_ACE*>(at(head().AclSize));
    ace.Header = {type, flags, 20};
    ace.Mask = mask;
    std::memcpy(at(head().AclSize + 8u), &sid.sid, 12);
    head().AclSize = static_cast<USHORT>(head().AclSize + 20);
    ++head().AceCount;
    return ace;
  }
  Acl& allow(ACCESS_MASK mask, const OneSid& sid, UCHAR flags = 0) {
    add(ACCESS_ALLOWED_ACE_TYPE, mask, sid, flags);
    return *this;
  }
  Acl& deny(ACCESS_MASK mask, const OneSid& sid) {
    add(ACCESS_DENIED_ACE_TYPE, mask, sid);
    return *this;
  }
  ACCESS_MASK allowed(ACCESS_MASK owner_rights = 0) {
    return SeAllowedByAcl(head(), myself, owner_rights, [](ACCESS_MASK mask) {
      return (mask & generic) != 0 ? mask & ~generic ? mask : read | write : mask;
    });
  }
  bool valid(ULONG room = 256) { return AclIsValid(&head(), room); }
};

TEST(AccessCheck, AnEmptyAclAllowsNothing) {
  EXPECT_EQ(Acl().allowed(), 0u);
  EXPECT_EQ(Acl().allowed(4), 4u) << "but to the owner";
}

TEST(AccessCheck, TheUserAndTheGroupsCountStrangersDoNot) {
  EXPECT_EQ(Acl().allow(read, me).allow(write, my_group).allow(4, stranger).allowed(),
            read | write);
  EXPECT_EQ(Acl().deny(read, stranger).allow(read, me).allowed(), read);
}

TEST(AccessCheck, TheFirstAceThatSpeaksOfARightDecides) {
  EXPECT_EQ(Acl().deny(write, me).allow(read | write, me).allowed(), read);
  EXPECT_EQ(Acl().allow(read | write, me).deny(write, me).allowed(), read | write);
  EXPECT_EQ(Acl().deny(4, me).allowed(4), 4u) << "nothing takes the owner's";
}

TEST(AccessCheck, GenericRightsAreMapped) {
  EXPECT_EQ(Acl().allow(generic, me).allowed(), read | write);
  EXPECT_EQ(Acl().deny(generic, me).allow(read | write | 4, me).allowed(), 4u);
}

TEST(AccessCheck, AcesToBeInheritedOnlyAndOtherTypesSayNothing) {
  EXPECT_EQ(Acl().allow(read, me, INHERIT_ONLY_ACE).allowed(), 0u);
  Acl audited;
  audited.add(SYSTEM_AUDIT_ACE_TYPE, read, me);
  EXPECT_EQ(audited.allowed(), 0u);
}

TEST(AclIsValid, WhatLiesWithinItself) {
  Acl acl;
  acl.allow(read, me).deny(write, stranger);
  EXPECT_TRUE(acl.valid());
  EXPECT_TRUE(acl.valid(acl.head().AclSize));
  EXPECT_FALSE(acl.valid(acl.head().AclSize - 1u)) << "longer than there is room";
  EXPECT_FALSE(acl.valid(4));
  acl.head().AclSize = static_cast<USHORT>(acl.head().AclSize - 4);
  EXPECT_FALSE(acl.valid()) << "the last ACE is cut off";
}

TEST(AclIsValid, EachFieldIsChecked) {
  const auto broken = [](auto change) {
    Acl acl;
    acl.allow(read, me);
    change(acl, *reinterpret_cast<KNOWN_ACE*>(acl.at(8)));
    return !acl.valid();
  };
  EXPECT_FALSE(broken([](Acl&, KNOWN_ACE&) {}));
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { acl.head().AclRevision = 1; }));
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { acl.head().AclRevision = 5; }));
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { acl.head().AceCount = 2; }));
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { acl.head().AclSize = 4; }));
  EXPECT_TRUE(broken([](Acl&, KNOWN_ACE& ace) { ace.Header.AceSize = 0; }));
  EXPECT_TRUE(broken([](Acl&, KNOWN_ACE& ace) { ace.Header.AceSize = 18; }));
  EXPECT_TRUE(broken([](Acl&, KNOWN_ACE& ace) { ace.Header.AceSize = 24; }));
  EXPECT_TRUE(broken([](Acl&, KNOWN_ACE& ace) { ace.Header.AceSize = 12; }))
      << "no room for the SID";
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { *acl.at(16) = 2; })) << "the SID's revision";
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { *acl.at(17) = 2; })) << "a SID beyond its ACE";
  EXPECT_TRUE(broken([](Acl& acl, KNOWN_ACE&) { *acl.at(17) = 16; }));
}

TEST(Sids, AreEqualByAllTheirParts) {
  OneSid other = me;
  EXPECT_TRUE(SidsAreEqual(me.sid, other.sid));
  other.sid.IdentifierAuthority.Value[5] = 4;
  EXPECT_FALSE(SidsAreEqual(me.sid, other.sid));
  EXPECT_FALSE(SidsAreEqual(me.sid, my_group.sid));
  other = me;
  other.sid.SubAuthorityCount = 0;
  EXPECT_FALSE(SidsAreEqual(me.sid, other.sid));
}

}  // namespace
