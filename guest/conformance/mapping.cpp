// File mapping: sections of files and of the paging file, views of them, names, processes.
#include "guest/conformance/mapping_objects.hpp"

namespace mapping {

constexpr ktap::Case cases[] = {
    {"G1 memory of the paging file", paging_file},
    {"G1 arguments that are refused", bad_arguments},
    {"G1 files of every size", files},
    {"G1 what the file's handle allows", file_handles},
    {"G1 a mapping makes its file larger", growth},
    {"G1 SEC_RESERVE", reserved_pages},
    {"B14 SEC_IMAGE", images},
    {"G1 SEC_NOCACHE", uncached},
    {"G3 whole and partial views", whole_and_partial},
    {"G3 several views", several_views},
    {"G3 views that are refused", bad_views},
    {"E6 bases that are asked for", bases},
    {"G13 a window slides over a file", window},
    {"G3 FILE_MAP_COPY", copies},
    {"G8 access is checked when a view is mapped", access_at_map},
    {"FILE_MAP_EXECUTE", execution},
    {"G14 pages of a view are committed", queried},
    {"D11 protections within the mapping's", protection_within},
    {"G4 UnmapViewOfFile", unmapping},
    {"G11 views, ReadFile and WriteFile see the same", coherence},
    {"G5 FlushViewOfFile", flushing},
    {"G5 FILE_FLAG_WRITE_THROUGH", write_through},
    {"G10 a mapping lives as long as its views", usage},
    {"files that are mapped", mapped_files},
    {"G12 a file opened for oneself", exclusive},
    {"G6 names", names},
    {"G7 ERROR_ALREADY_EXISTS", existing},
    {"G2 OpenFileMapping", opening},
    {"G7 a server and its client", server_and_client},
    {"G15 two processes count under a mutex", synchronised},
    {"G9 handles are inherited", inheritance},
    {"G9 handles are duplicated", duplication},
};

}  // namespace mapping

extern "C" int main(int argc, char** argv) {
  if (argc > 1) return mapping::child(argc, argv);
  const int status = ktap::run(mapping::cases);
  DeleteFileA(mapping::file_name);
  return status;
}
