package dev.freshet.config.load;

/** The origin of a value. Messages and {@code check-config} show its text form. */
sealed interface Origin {

    /** The default of the option. */
    record Default() implements Origin {

        @Override
        public String toString() {
            return "default";
        }
    }

    /** A line of the file, counted from 1; 0 means the file as a whole. */
    record File(String name, int line) implements Origin {

        @Override
        public String toString() {
            return line == 0 ? name : name + ":" + line;
        }
    }

    /** An environment variable. */
    record Environment(String variable) implements Origin {

        @Override
        public String toString() {
            return variable;
        }
    }

    /** A {@code --set} flag. */
    record Flag() implements Origin {

        @Override
        public String toString() {
            return "--set";
        }
    }

    /** The same origin at a line, if it has lines. */
    default Origin at(int line) {
        return this instanceof File file ? new File(file.name(), line) : this;
    }
}
