# What a header declares, as CMake can work with it. Sets `semicolon`.

# CMake's lists end at semicolons; until they are wanted, another character stands for them.
string(ASCII 1 semicolon)

# declarations OUT HEADER: without comments and preprocessor lines.
function(declarations out header)
  file(READ "${header}" text)
  string(REPLACE ";" "${semicolon}" text "${text}")
  string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
  string(REGEX REPLACE "(^|\n)#[^\n]*" "\\1" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# functions OUT DECLARATIONS: every declaration of a function, without its semicolon.
function(functions out declarations)
  string(REGEX REPLACE "typedef struct sfo_[a-z_]+ {[^}]*}" "" declarations "${declarations}")
  string(REGEX MATCHALL "[a-z][a-z0-9_ ]* [*]?sfo_[a-z0-9_]+\\([^)]*\\)" found "${declarations}")
  set(${out} "${found}" PARENT_SCOPE)
endfunction()
