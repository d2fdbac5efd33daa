/** Says what clients and origins may rely on, once per transport. */
@NullMarked
package io.millrace.contract;

import org.jspecify.annotations.NullMarked;
