# actulp.m4 -- what configure asks of the compiler.

# ACTULP_REFUSE_FLAGS
# Flags that would falsify what is measured stop configure; -march only changes what "scalar" means.
AC_DEFUN([ACTULP_REFUSE_FLAGS], [
for actulp_flag in $CC $CPPFLAGS $CFLAGS $LDFLAGS; do
  AS_CASE([$actulp_flag],
    [-ffast-math|-Ofast|-funsafe-math-optimizations|-ffinite-math-only|-fassociative-math|-freciprocal-math|-ffp-contract=fast|-ffp-contract=on],
    [AC_MSG_ERROR([$actulp_flag in CC, CFLAGS or LDFLAGS would falsify every measurement: remove it])],
    [-march=*|-mcpu=*|-mfma|-mavx*],
    [AC_MSG_WARN([$actulp_flag in CFLAGS changes what the plain ISAs mean; every ISA level has its own flags already])])
done
])

# ACTULP_ISA(NAME, FLAGS, HEADER, STATEMENT)
# One line per ISA.  If the compiler takes FLAGS and compiles STATEMENT with HEADER, the automake
# conditional ISA_NAME is true, NAME_FLAGS is substituted, and HAVE_ISA_NAME is defined.
AC_DEFUN([ACTULP_ISA], [
m4_pushdef([NAME], m4_toupper([$1]))
AC_CACHE_CHECK([whether the compiler builds for $1], [actulp_cv_isa_$1], [
  actulp_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $2"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([$3], [$4])], [actulp_cv_isa_$1=yes], [actulp_cv_isa_$1=no])
  CFLAGS=$actulp_save_CFLAGS])
AM_CONDITIONAL([ISA_]NAME, [test $actulp_cv_isa_$1 = yes])
AC_SUBST(NAME[_FLAGS], ["$2"])
AS_IF([test $actulp_cv_isa_$1 = yes], [
  AC_DEFINE([HAVE_ISA_]NAME, [1], [Define to 1 if the passes for $1 are built.])
  actulp_isas="$actulp_isas $1"
  actulp_pass_flags="${actulp_pass_flags}$1: $CFLAGS $FP_FLAGS $SCHEDULE_FLAGS $2\\n"])
m4_popdef([NAME])
])

# ACTULP_FLAG(VARIABLE, FLAG)
# Substitutes VARIABLE: FLAG if the compiler takes it without a warning, otherwise nothing.
AC_DEFUN([ACTULP_FLAG], [
AC_CACHE_CHECK([whether the compiler takes $2], [actulp_cv_$1], [
  actulp_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -Werror $2"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [actulp_cv_$1=yes], [actulp_cv_$1=no])
  CFLAGS=$actulp_save_CFLAGS])
AC_SUBST([$1])
AS_IF([test $actulp_cv_$1 = yes], [$1="$2"])
])

# ACTULP_NEED(WHAT, HEADER, FUNCTION, LIBRARIES, DEBIAN-PACKAGE)
AC_DEFUN([ACTULP_NEED], [
actulp_found=yes
AC_CHECK_HEADER([$2], [], [actulp_found=no])
AC_SEARCH_LIBS([$3], [$4], [], [actulp_found=no])
AS_IF([test $actulp_found = no],
  [actulp_missing="$actulp_missing
  $1: header $2 and library $4 (Debian, Ubuntu: $5)"])
])
