// What an image file holds, as a whole: its hash, and in what it differs from another.
#pragma once

#include <string>

#include "machine/disk_image.hpp"

namespace faultline {

/// Of the bytes and their places; holes and zeros are the same, and cost nothing. Throws DiskError.
u64 hash_of_image(const std::string& path);

/// The sectors of `changed` that `base` has otherwise; both have the same size. Throws DiskError.
DiskState difference_of_images(const std::string& base, const std::string& changed);

/// A disk that reads as `changed`, and whose state says how it differs from `base`: that is where
/// its snapshots can be loaded again. Neither file is written. Throws DiskError.
std::unique_ptr<DiskImage> open_disk_difference(const std::string& base,
                                                const std::string& changed);

}  // namespace faultline
