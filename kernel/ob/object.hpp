// Objects: a counted header before the body, a type that knows how to end it.
#pragma once

#include "kernel/nt.hpp"

struct DISPATCHER_HEADER;
struct EPROCESS_QUOTA_BLOCK;
struct OBJECT_NAME;
struct SECURITY_DESCRIPTOR_RELATIVE;

struct OBJECT_TYPE {
  const char* Name;
  ACCESS_MASK ValidAccessMask;
  ACCESS_MASK GenericRead, GenericWrite, GenericExecute;
  void (*DeleteProcedure)(PVOID body);  // the last reference has gone
  void (*CloseProcedure)(PVOID body);   // the last handle has gone; may be null
  /// What a wait for the object waits for; null when it can't be waited for.
  DISPATCHER_HEADER* (*WaitObject)(PVOID body);
};

struct OBJECT_HEADER {
  LONG PointerCount;  // references, one of them for all handles together
  LONG HandleCount;
  OBJECT_TYPE* Type;
  OBJECT_NAME* Name;                                 // null: none
  SECURITY_DESCRIPTOR_RELATIVE* SecurityDescriptor;  // null: the token's default
  EPROCESS_QUOTA_BLOCK* QuotaBlock;                  // pays for it; null: nobody yet
  ULONG NonPagedPoolCharge, Reserved;                // bytes
};
static_assert(sizeof(OBJECT_HEADER) == 32);

inline OBJECT_HEADER* ObjectToHeader(PVOID body) { return static_cast<OBJECT_HEADER*>(body) - 1; }

extern "C" {
extern OBJECT_TYPE PsProcessType, PsThreadType, ExEventObjectType, ExMutantObjectType,
    ExSemaphoreObjectType, ExTimerObjectType, IoFileObjectType, ObDirectoryType, SeTokenObjectType;
}

/// A zeroed body with one reference, or null.
PVOID ObCreateObject(OBJECT_TYPE& type, ULONG size);
void ObReferenceObject(PVOID body);
void ObDereferenceObject(PVOID body);

/// Generic rights become the type's own.
ACCESS_MASK ObMapGenericAccess(const OBJECT_TYPE& type, ACCESS_MASK access);

/// Holds one reference.
template <class T>
class ObjectReference {
 public:
  ObjectReference() = default;
  explicit ObjectReference(T* body) : body_(body) {}
  ~ObjectReference() { reset(); }
  ObjectReference(const ObjectReference&) = delete;
  ObjectReference& operator=(const ObjectReference&) = delete;

  T* get() const { return body_; }
  T* operator->() const { return body_; }
  explicit operator bool() const { return body_ != nullptr; }
  void reset(T* body = nullptr) {
    if (body_ != nullptr) ObDereferenceObject(body_);
    body_ = body;
  }

 private:
  T* body_ = nullptr;
};
