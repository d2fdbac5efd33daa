/** Lists every way an exchange can end, with what follows from it. */
@NullMarked
package io.millrace.outcome;

import org.jspecify.annotations.NullMarked;
