// Runs the tests of the C++ header: behaviour is the C interface's, and tested there; here only what the wrapper adds.

#include "phone.hpp"

int main()
{
  handles();
  listeners();
  exceptions();
  return check_result();
}
