/** For tests of other modules, too. */
package io.loopscope.schemas.testing;
