/** Settings of every Loopscope program: defaults, then a YAML file, then the environment, then flags. */
@org.jspecify.annotations.NullMarked
package io.loopscope.settings;
