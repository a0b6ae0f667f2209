/* yardstick.h -- what kernels are compared with in every run: a copy, a relu, a loop over libm.
 *
 * The copy tells what the memory allows, relu what one operation an element costs beside it, and
 * the loop over the C library's exp what a program pays that does nothing in particular.  Ratios
 * are to the copy.
 *
 * To add one: an enumerator, a row in yardstick.c.
 */
#ifndef MEASURE_YARDSTICK_H
#define MEASURE_YARDSTICK_H

#include "../subject.h"

enum yardstick { YARDSTICK_COPY, YARDSTICK_RELU, YARDSTICK_LIBM, YARDSTICKS };

/* Makes WHICH for inputs and results of IN and OUT; the copy moves the bytes of the wider.  Its
 * name and row live as long as the program.  False where it is not written: relu needs formats of
 * one width, libm f32 or f64. */
bool yardstick_make(struct subject *s, enum yardstick which, enum format in, enum format out);

#endif
