// The header is C++, too: this need only compile, without a warning.
#include "recurrent.h"

int main() { return recurrent_version()[0] == '\0'; }
