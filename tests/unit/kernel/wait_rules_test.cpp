// When waits end: mutexes are signaled for their owner, a wait for all takes all or nothing.
#include "kernel/ke/wait_rules.hpp"

#include <gtest/gtest.h>

struct KTHREAD {
  LIST_ENTRY mutants;
};

namespace {

struct WaitRules : testing::Test {
  WaitRules() {
    InitializeListHead(&me.mutants);
    InitializeListHead(&other.mutants);
    mutant.Header.Type = MutantObject;
    mutant.Header.SignalState = 1;
    semaphore.Header.Type = SemaphoreObject;
    automatic.Header.Type = EventSynchronizationObject;
    manual.Header.Type = EventNotificationObject;
    manual.Header.SignalState = automatic.Header.SignalState = 1;
    semaphore.Header.SignalState = 2;
  }

  bool take(DISPATCHER_HEADER& object, KTHREAD& thread) {
    return KiSatisfyWait(&object, &thread, &thread.mutants);
  }

  KTHREAD me = {}, other = {};
  KMUTANT mutant = {};
  KSEMAPHORE semaphore = {};
  KEVENT automatic = {}, manual = {};
};

TEST_F(WaitRules, AMutexIsItsOwnersAgainAndAgain) {
  EXPECT_FALSE(take(mutant.Header, me));
  EXPECT_EQ(mutant.OwnerThread, &me);
  EXPECT_EQ(mutant.Header.SignalState, 0);
  EXPECT_TRUE(KiIsSignaled(&mutant.Header, &me));
  EXPECT_FALSE(KiIsSignaled(&mutant.Header, &other));
  EXPECT_FALSE(take(mutant.Header, me));
  EXPECT_EQ(mutant.Header.SignalState, -1);
  EXPECT_EQ(me.mutants.Flink, &mutant.MutantListEntry);
  EXPECT_EQ(mutant.MutantListEntry.Flink, &me.mutants) << "in the list once";
}

TEST_F(WaitRules, OnlyTheNextOwnerHearsOfAnAbandonedMutex) {
  mutant.Abandoned = TRUE;
  EXPECT_TRUE(take(mutant.Header, me));
  EXPECT_FALSE(take(mutant.Header, me));
}

TEST_F(WaitRules, AMutexOwnedToTheLimitIsExhausted) {
  take(mutant.Header, me);
  EXPECT_FALSE(KiMutantIsExhausted(&mutant.Header, &me));
  mutant.Header.SignalState = -0x7FFFFFFF - 1;
  EXPECT_TRUE(KiMutantIsExhausted(&mutant.Header, &me));
  EXPECT_FALSE(KiMutantIsExhausted(&mutant.Header, &other)) << "the other one waits";
}

TEST_F(WaitRules, EventsAndSemaphores) {
  take(automatic.Header, me);
  take(manual.Header, me);
  take(semaphore.Header, me);
  EXPECT_EQ(automatic.Header.SignalState, 0);
  EXPECT_EQ(manual.Header.SignalState, 1);
  EXPECT_EQ(semaphore.Header.SignalState, 1);
}

TEST_F(WaitRules, AllOrNothing) {
  KWAIT_BLOCK blocks[4] = {};
  DISPATCHER_HEADER* const objects[] = {&mutant.Header, &semaphore.Header, &automatic.Header};
  KEVENT timer = {};  // its block waits for any: it is the timeout
  blocks[0] = {{}, &me, &timer.Header, &blocks[1], 0x102, WaitAny};
  for (unsigned i = 0; i < 3; ++i) {
    blocks[i + 1] = {{}, &me, objects[i], i < 2 ? &blocks[i + 2] : nullptr, 0, WaitAll};
  }
  EXPECT_TRUE(KiAllSignaled(blocks, &me)) << "the timer does not count";
  for (DISPATCHER_HEADER* object : objects) {
    const LONG state = object->SignalState;
    object->SignalState = 0;
    EXPECT_FALSE(KiAllSignaled(blocks, &me));
    object->SignalState = state;
  }
  EXPECT_FALSE(KiSatisfyAll(blocks, &me, &me.mutants));
  EXPECT_EQ(mutant.OwnerThread, &me);
  EXPECT_EQ(semaphore.Header.SignalState, 1);
  EXPECT_EQ(automatic.Header.SignalState, 0);
  EXPECT_EQ(timer.Header.SignalState, 0);
  mutant.Abandoned = TRUE;
  EXPECT_TRUE(KiSatisfyAll(blocks, &me, &me.mutants)) << "one of them is enough";
}

}  // namespace
