// Object directories and the one name space of all kinds of objects.
#pragma once

#include "kernel/ob/object_attributes.hpp"

/// The body of a directory object.
struct OBJECT_DIRECTORY {
  ObpNameDirectory Names;
};

/// An object's name, in pool behind which the text lies. It holds a reference to the directory, the
/// directory one to the object, until the last handle has gone.
struct OBJECT_NAME {
  ObpNameEntry Entry;
  OBJECT_DIRECTORY* Directory;
  PVOID Object;
};

/// Makes "\" and "\BaseNamedObjects".
void ObInitSystem();

/// A new object gets its descriptor, its name and its first handle, whose value goes to user mode;
/// the caller's reference is taken over. If another object of the type has the name and OBJ_OPENIF
/// was given, the handle is that one's (STATUS_OBJECT_NAME_EXISTS).
NTSTATUS ObInsertObject(PVOID object, const ObjectAttributes& attributes, ACCESS_MASK access,
                        PHANDLE user_handle, HANDLE* value = nullptr);
/// A handle to the object of that name, if its DACL allows that much.
NTSTATUS ObOpenObjectByName(POBJECT_ATTRIBUTES user, OBJECT_TYPE& type, ACCESS_MASK access,
                            PHANDLE user_handle);
/// A handle to an object without a name, if its DACL allows that much.
NTSTATUS ObOpenObjectByPointer(PVOID object, const ObjectAttributes& attributes, ACCESS_MASK access,
                               PHANDLE user_handle);

/// The last handle has gone: the name goes, unless a new handle has come meanwhile.
void ObpForgetName(PVOID object);
