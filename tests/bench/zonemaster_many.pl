# Tests many zones in one process, which zonemaster-cli does not: arguments are a file of root hints
# and the zones. Prints of each message the zone, the level and the tag.
use strict;
use warnings;

use Zonemaster::Engine;
use Zonemaster::Engine::Recursor;
use Zonemaster::Engine::Util qw( parse_hints );

my ( $hints, @zones ) = @ARGV;
open my $file, '<', $hints or die "$hints: $!";
my $text = do { local $/; <$file> };
Zonemaster::Engine::Recursor->remove_fake_addresses( '.' );
Zonemaster::Engine::Recursor->add_fake_addresses( '.', parse_hints( $text ) );

for my $zone ( @zones ) {
    # Without this every zone costs more than the one before it.
    Zonemaster::Engine->reset;
    print join( ' ', $zone, $_->level, $_->tag ), "\n" for Zonemaster::Engine->test_zone( $zone );
}
