import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

// Driver runs the program of each number it reads, in one Java machine.
public class Driver {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String outcome = "ok";
            try {
                Method main = Class.forName("Main" + line).getDeclaredMethod("main", String[].class);
                main.setAccessible(true);
                main.invoke(null, (Object) new String[0]);
            } catch (InvocationTargetException e) {
                outcome = "failed: " + e.getCause();
            }
            System.out.println("\n\001" + outcome.replace('\n', ' '));
            System.out.flush();
        }
    }
}
