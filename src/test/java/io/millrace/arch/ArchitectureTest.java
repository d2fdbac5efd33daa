package io.millrace.arch;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.millrace.outcome.Outcome;
import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package graph and the laws of the hot path, as rules over the compiled classes. */
final class ArchitectureTest {
    private static final String ROOT = "io.millrace";
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern FIRST_SENTENCE =
            Pattern.compile("/\\*\\*\\s*(\\*\\s*)?[A-Z][^*]{15,}?\\.", Pattern.DOTALL);
    private static final Pattern VAGUE_NAME =
            Pattern.compile(".*(Manager|Helper|Utils?|Impl|Base)$");
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .importUrl(Outcome.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void shouldHaveNoCycleBetweenPackages() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKnowEveryPackage() {
        assertThat(CLASSES.stream().map(ArchitectureTest::home).distinct())
                .as("packages without a row in PackageTable")
                .allMatch(PackageTable::knows);
    }

    @Test
    void shouldFollowThePackageTable() {
        assertThat(
                        dependencies((from, to) ->
                                isOurs(to)
                                        && !PackageTable.allows(home(from), home(to))
                                        && !isCompilerReadingConfig(from, to)))
                .as("dependencies that the package table does not allow")
                .isEmpty();
    }

    @Test
    void shouldKeepTheControlPlaneOutOfTheDataPlane() {
        assertThat(
                        dependencies((from, to) ->
                                isOurs(to)
                                        && PackageTable.DATA_PLANE.contains(home(from))
                                        && PackageTable.CONTROL_PLANE.contains(topOf(home(to)))
                                        && !isCompilerReadingConfig(from, to)))
                .as("what runs on shards knows neither configuration nor control plane")
                .isEmpty();
    }

    @Test
    void shouldKeepCompilersOffTheHotPath() {
        assertThat(
                        dependencies((from, to) ->
                                isHot(from) && isOwnedBy(Role.CONDUCTOR, outermost(to))))
                .as("hot classes know nothing that the conductor owns")
                .isEmpty();
    }

    @Test
    void shouldKnowEachLibraryInOnePlace() {
        assertThat(dependencies((from, to) -> isForeignLibrary(home(from), to.getPackageName())))
                .as("libraries used outside the package that owns them")
                .isEmpty();
    }

    @Test
    void shouldReadTheSystemClockInTimeOnly() {
        assertThat(
                        calls(
                                from -> !home(from).equals("time"),
                                target ->
                                        isMember(target, System.class, "nanoTime")
                                                || isMember(
                                                        target, System.class, "currentTimeMillis")
                                                || isMember(
                                                        target, java.time.Instant.class, "now")))
                .as("time is an argument: only package time asks the system")
                .isEmpty();
    }

    @Test
    void shouldNeitherBlockNorAllocateByHabitOnTheHotPath() {
        Set<String> packages =
                Set.of("java.util.stream", "java.util.regex", "java.util.concurrent.locks");
        assertThat(
                        dependencies((from, to) ->
                                isHot(from)
                                        && (packages.contains(to.getPackageName())
                                                || to.isAssignableTo(
                                                        java.util.concurrent.BlockingQueue.class))))
                .as("hot classes use no stream, regex, lock or blocking queue")
                .isEmpty();
        assertThat(
                        calls(
                                ArchitectureTest::isHot,
                                target ->
                                        isMember(target, Thread.class, "sleep")
                                                || isMember(target, String.class, "format")
                                                || isMember(target, String.class, "formatted")))
                .as("hot classes neither sleep nor format")
                .isEmpty();
        assertThat(CLASSES.stream().filter(ArchitectureTest::isHot))
                .as("hot classes with synchronized methods")
                .noneMatch(type ->
                        type.getMethods().stream()
                                .anyMatch(method ->
                                        method.getModifiers().contains(JavaModifier.SYNCHRONIZED)));
    }

    @Test
    void shouldFillPipelinesInDownstreamAndUpstreamOnly() {
        Set<String> installers = Set.of("downstream", "upstream");
        assertThat(
                        calls(
                                from -> !installers.contains(home(from)),
                                target ->
                                        target.getOwner()
                                                        .getName()
                                                        .equals("io.netty.channel.ChannelPipeline")
                                                && target.getName().startsWith("add")))
                .as("handlers are installed where connections are made")
                .isEmpty();
        assertThat(
                        calls(
                                from -> !home(from).equals("transport"),
                                target -> target.getName().equals("fireUserEventTriggered")))
                .as("no request state travels as a user event; what a socket says may")
                .isEmpty();
        assertThat(dependencies((_, to) -> to.getName().equals("io.netty.util.AttributeKey")))
                .as("no request state hides in channel attributes")
                .isEmpty();
    }

    @Test
    void shouldCloseEveryClassAgainstInheritance() {
        assertThat(CLASSES.stream().filter(ArchitectureTest::isOpenToSubclasses))
                .as("classes that are neither final, record, enum, sealed nor interface")
                .isEmpty();
    }

    @Test
    void shouldReachAShardByItsMailboxOnly() {
        Set<String> outside = Set.of("control", "admin");
        assertThat(
                        dependencies((from, to) ->
                                outside.contains(topOf(home(from)))
                                        && isOwnedBy(Role.SHARD, to)
                                        && !to.getSimpleName().endsWith(PackageTable.MAILBOX)))
                .as("the control plane touches nothing that a shard owns")
                .isEmpty();
    }

    @Test
    void shouldSayTheJobOfEveryPackageInOneSentence() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> packages =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .map(Path::getParent)
                            .distinct()
                            .toList();
            assertThat(packages).isNotEmpty().allMatch(ArchitectureTest::saysItsJob);
        }
    }

    @Test
    void shouldNameClassesByWhatTheyAre() {
        assertThat(CLASSES.stream().map(JavaClass::getSimpleName))
                .noneMatch(name -> VAGUE_NAME.matcher(name).matches());
    }

    @Test
    void shouldHaveAWellFormedTable() {
        assertThat(PackageTable.names()).containsAll(PackageTable.DATA_PLANE);
        assertThat(PackageTable.names()).containsAll(PackageTable.CONTROL_PLANE);
    }

    private static List<String> dependencies(BiPredicate<JavaClass, JavaClass> forbidden) {
        return CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(d -> forbidden.test(d.getOriginClass(), elementOf(d.getTargetClass())))
                .map(d -> d.getOriginClass().getName() + " -> " + d.getTargetClass().getName())
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> calls(
            Predicate<JavaClass> from, Predicate<AccessTarget> forbidden) {
        return CLASSES.stream()
                .filter(from)
                .flatMap(type ->
                        Stream.<JavaAccess<?>>concat(
                                type.getMethodCallsFromSelf().stream(),
                                type.getMethodReferencesFromSelf().stream()))
                .filter(access -> forbidden.test(access.getTarget()))
                .map(JavaAccess::getDescription)
                .sorted()
                .toList();
    }

    private static JavaClass elementOf(JavaClass type) {
        return type.isArray() ? type.getBaseComponentType() : type;
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    /** The package below the root; empty for the root itself. */
    private static String home(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
    }

    private static String topOf(String packageName) {
        int dot = packageName.indexOf('.');
        return dot < 0 ? packageName : packageName.substring(0, dot);
    }

    private static boolean isCompilerReadingConfig(JavaClass from, JavaClass to) {
        return topOf(home(to)).equals("config")
                && PackageTable.COMPILED.contains(home(from))
                && isOwnedBy(Role.CONDUCTOR, outermost(from));
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }

    private static boolean isForeignLibrary(String home, String library) {
        return PackageTable.LIBRARY_OWNERS.entrySet().stream()
                .anyMatch(owned ->
                        (library + ".").startsWith(owned.getKey() + ".")
                                && !owned.getValue().contains(topOf(home)));
    }

    private static boolean isMember(AccessTarget target, Class<?> owner, String name) {
        return target.getOwner().isEquivalentTo(owner) && target.getName().equals(name);
    }

    private static boolean isHot(JavaClass type) {
        return type.isAnnotatedWith(HotPath.class);
    }

    private static boolean isOwnedBy(Role role, JavaClass type) {
        return type.isAnnotatedWith(OwnedBy.class)
                && type.getAnnotationOfType(OwnedBy.class).value() == role;
    }

    private static boolean isOpenToSubclasses(JavaClass type) {
        return !type.isInterface()
                && !type.isEnum()
                && !type.isRecord()
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && !type.getSimpleName().equals("package-info")
                && !type.getModifiers().contains(JavaModifier.FINAL)
                && !type.reflect().isSealed()
                && !type.reflect().getSuperclass().isEnum();
    }

    private static boolean saysItsJob(Path directory) {
        try {
            String text = Files.readString(directory.resolve("package-info.java"));
            return FIRST_SENTENCE.matcher(text).find() && text.contains("@NullMarked");
        } catch (IOException missing) {
            return false;
        }
    }
}
