/** What processors answer over HTTP, alone and together. */
package io.loopscope.systemtests.queries;
