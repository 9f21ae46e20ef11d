// OpenBLAS's own cblas.h also declares the thread controls (openblas_set_num_threads and its kin).
#include <cblas.h>
