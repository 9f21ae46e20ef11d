// hdf5.h, and in functions what Swift does not see of it: macros, and what is a macro in one version and a function in
// another. A negative identifier or status is a failure.
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

// How the library reports errors: on the standard error, unless it is told not to.
typedef struct {
  H5E_auto2_t report;
  void *context;
} chdf5_reports;

// Turns reports off, and says how they were.
static inline chdf5_reports chdf5_silence(void) {
  chdf5_reports before = {NULL, NULL};
  H5Eget_auto2(H5E_DEFAULT, &before.report, &before.context);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  return before;
}

static inline void chdf5_restore(chdf5_reports before) {
  H5Eset_auto2(H5E_DEFAULT, before.report, before.context);
}

// Opens a file to read it.
static inline hid_t chdf5_open_file(const char *path) { return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT); }

// Opens a copy of the bytes of a file to read it; of open files each must have a name of its own.
static inline hid_t chdf5_open_image(const char *name, const void *bytes, size_t count) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return access;
  hid_t file = -1;
  if (H5Pset_fapl_core(access, 1 << 16, 0) >= 0 && H5Pset_file_image(access, (void *)bytes, count) >= 0)
    file = H5Fopen(name, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return file;
}

// What a link leads to: H5I_GROUP, H5I_DATASET, or H5I_BADID where it is neither, or leads out of the file or in circles.
static inline H5I_type_t chdf5_kind(hid_t group, const char *name) {
  H5L_info_t link;
  if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) return H5I_BADID;
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) return H5I_BADID;
  H5I_type_t kind = H5Iget_type(object);
  H5Oclose(object);
  return kind == H5I_GROUP || kind == H5I_DATASET ? kind : H5I_BADID;
}

// The text of an attribute, to be freed; NULL where there is none, or it is something else.
static inline char *chdf5_text(hid_t object, const char *name) {
  if (H5Aexists(object, name) <= 0) return NULL;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return NULL;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  char *text = NULL;
  if (H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
    if (H5Tis_variable_str(type) > 0) {
      char *own = NULL;
      if (H5Aread(attribute, type, &own) >= 0 && own != NULL) {
        text = strdup(own);
        H5free_memory(own);
      }
    } else {
      text = (char *)calloc(H5Tget_size(type) + 1, 1);
      if (text != NULL && H5Aread(attribute, type, text) < 0) {
        free(text);
        text = NULL;
      }
    }
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  H5Aclose(attribute);
  return text;
}

// Reads all numbers of a dataset as the machine's float or double.
static inline herr_t chdf5_read_float(hid_t dataset, float *numbers) {
  return H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
}

static inline herr_t chdf5_read_double(hid_t dataset, double *numbers) {
  return H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
}

// Reads all elements of a dataset as they stand in the file.
static inline herr_t chdf5_read_bytes(hid_t dataset, hid_t type, void *bytes) {
  return H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes);
}
